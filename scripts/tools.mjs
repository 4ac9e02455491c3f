/**
 * The programs that the tests need besides Node: finds the missing ones and installs them. Uses Node's own modules
 * only.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';

/** `has`: a command, or the path of a file. `without`: what is not tested if the tool is missing. */
const tools = [
  { has: '/usr/bin/chromium', package: 'chromium', without: 'all tests in a browser' },
  {
    has: '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf',
    package: 'fonts-dejavu-core',
    without: 'text in images',
  },
  { has: 'shellcheck', package: 'shellcheck', without: 'the check of shell scripts' },
  { has: 'nc', package: 'netcat-openbsd', without: 'the client over nc' },
  { has: 'socat', package: 'socat', without: 'the client over socat' },
  { has: 'curl', package: 'curl', without: 'the client over curl' },
  { has: 'python3', package: 'python3', without: 'the client over python3' },
  { has: 'perl', package: 'perl-base', without: 'the client over perl' },
  { has: 'busybox', package: 'busybox', without: 'the client in busybox sh' },
  { has: 'bash', package: 'bash', without: 'the client in bash' },
  { has: 'zsh', package: 'zsh', without: 'completions of zsh, the client in zsh' },
  { has: 'fish', package: 'fish', without: 'completions of fish' },
  { has: 'ksh', package: 'ksh93u+m', without: 'the client in ksh' },
  { has: 'openssl', package: 'openssl', without: 'TLS connections' },
  { has: 'jq', package: 'jq', without: 'pipelines with jq' },
  { has: 'ssh', package: 'openssh-client', without: 'tests with several hosts' },
  { has: '/usr/sbin/sshd', package: 'openssh-server', without: 'tests with several hosts' },
  { has: 'ss', package: 'iproute2', without: 'checks of listening sockets, tests with several hosts' },
  { has: 'ps', package: 'procps', without: 'checks of memory and of processes left behind' },
  { has: 'R', package: 'r-base-core', without: 'the client in R' },
  {
    has: '/usr/lib/R/site-library/ggplot2/DESCRIPTION',
    package: 'r-cran-ggplot2',
    without: 'ggplot2 plots in R',
  },
  { has: 'tshark', package: 'tshark', without: 'comparison with tshark' },
  { has: 'file', package: 'file', without: 'comparison with file(1)' },
  ...[
    ['matplotlib', 'with matplotlib'],
    ['pandas', 'with pandas'],
    ['IPython', 'in IPython'],
  ].map(([name, where]) => ({
    has: `/usr/lib/python3/dist-packages/${name}/__init__.py`,
    package: `python3-${name.toLowerCase()}`,
    without: `the Python client ${where}`,
  })),
];

function isInstalled(name) {
  if (name.startsWith('/')) return existsSync(name);
  return [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'].some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The tools that are not installed. */
export function missingTools() {
  return tools.filter((tool) => !isInstalled(tool.has));
}

/** Installs missing tools with apt if this process runs as root. Returns the tools that are still missing. */
export function installTools() {
  const missing = missingTools();
  if (missing.length === 0 || process.getuid?.() !== 0 || !isInstalled('apt-get')) return missing;
  const packages = missing.map((tool) => tool.package);
  console.log(`test: installing with apt: ${packages.join(' ')}`);
  apt('update');
  // If one package does not exist on this system, install the others one by one.
  if (!apt('install', ...packages)) for (const name of packages) apt('install', name);
  return missingTools();
}

function apt(verb, ...packages) {
  const run = spawnSync(
    'apt-get',
    [verb, '-y', '-qq', ...(packages.length ? ['--no-install-recommends', ...packages] : [])],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      timeout: 15 * 60_000,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    },
  );
  if (run.status !== 0) console.log(`test: apt-get ${verb} ${packages.join(' ')}: ${run.stderr.trim()}`);
  return run.status === 0;
}
