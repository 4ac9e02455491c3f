/**
 * Tests the hosts that other tests use as machines: they behave like machines, and are removed completely.
 */
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { has } from '../client/client.ts';
import { hasBrowser, launch } from '../support/browser.ts';
import { canMakeHosts, type Hosts, makeHosts } from '../support/hosts.ts';
import { ready, root, start, tempDir, until } from '../support/wp.ts';

/** Set in a run of this file that will be killed: the file to create when the hosts are up. */
const readyFile = process.env.HOSTS_READY_FILE;

const specs = {
  laptop: { system: 'full', sshd: false },
  bastion: {},
  remote: { ssh: ['ProxyJump bastion'], sshd: ['PermitTTY no'] },
  tiny: { system: 'busybox', shell: 'ash' },
} as const;

describe.skipIf(!canMakeHosts || readyFile)('hosts', () => {
  let net: Hosts<keyof typeof specs>;
  beforeAll(async () => {
    net = await makeHosts(specs, {
      links: [
        ['laptop', 'bastion'],
        ['bastion', 'remote'],
        ['laptop', 'tiny'],
      ],
    });
  });
  afterAll(() => net?.close());
  const lines = async (name: keyof typeof specs, line: string) =>
    (await net.hosts[name].sh(line)).stdout.trimEnd().split('\n');

  test('each host has a name, and they reach each other by ssh', async () => {
    const { laptop, bastion } = net.hosts;
    expect(await lines('laptop', 'uname -n; id -un; pwd; ssh bastion uname -n; ssh tiny uname -n')).toEqual([
      'laptop',
      'ada',
      '/home/ada',
      'bastion',
      'tiny',
    ]);
    expect(hostname()).not.toBe('laptop');
    const root = await laptop.sh('ssh root@bastion "id -u; cat >/root/received" <~/.ssh/config');
    expect(root).toMatchObject({ code: 0, stdout: '0\n', stderr: '' });
    expect(readFileSync(bastion.path('/root/received'), 'utf8')).toContain('Host remote\n  ProxyJump bastion\n');
    expect(bastion.sshdLog()).toMatch(/Accepted publickey for root from 10\.0\.0\.1 port/);
    // The laptop has no sshd.
    expect((await bastion.run(['bash', '-c', 'echo >/dev/tcp/laptop/22'])).stderr).toContain('Connection refused');
  });

  test('hosts without a link are reached by ProxyJump', async () => {
    const { laptop, remote } = net.hosts;
    expect(await laptop.sh('ssh remote uname -n')).toMatchObject({ code: 0, stdout: 'remote\n', stderr: '' });
    expect(remote.sshdLog()).toMatch(/Connection from 10\.0\.0\.2 /);
    const direct = await laptop.run(['ssh', '-o', 'ProxyJump=none', 'remote', 'true']);
    expect(direct.stderr).toContain('Network is unreachable');
    const terminal = await laptop.run(['ssh', '-tt', 'remote', 'tty']);
    expect(terminal.stderr).toContain('PTY allocation request failed');
    expect(await lines('laptop', 'ssh -tt tiny tty 2>/dev/null')).toEqual(['/dev/pts/0']);
  });

  test('a bare host has only its own programs; the laptop has all programs of this machine, read-only', async () => {
    const { laptop, tiny } = net.hosts;
    const others = '\\( -name node -o -name npm -o -name wp -o -name package.json -o -name chromium \\)';
    const findCommand = `find / -path /proc -prune -o -path /sys -prune -o ${others} -print; ls -A /tmp /home/ada /mnt /opt`;
    for (const name of ['remote', 'tiny'] as const) {
      const seen = await net.hosts[name].sh(findCommand, { user: 'root' });
      expect(seen, name).toMatchObject({ stdout: '/home/ada:\n.ssh\n\n/mnt:\n\n/opt:\n\n/tmp:\n', stderr: '' });
      expect((await net.hosts[name].sh(`ls -d '${root}'`)).code, name).not.toBe(0);
    }
    // Perl without modules, as in perl-base.
    expect((await net.hosts.remote.run(['perl', '-MSocket', '-e', 'print 1'])).stdout).toBe('1');
    expect((await net.hosts.remote.run(['perl', '-MTime::HiRes', '-e', 'print 1'])).code).not.toBe(0);
    expect((await tiny.sh('command -v perl python3 bash dash')).code).not.toBe(0);
    expect(await lines('tiny', 'echo a b | cut -d" " -f2; readlink -f /bin/sh')).toEqual(['b', '/usr/bin/busybox']);
    const change = await laptop.sh(`touch /usr/x; touch '${root}/x'`, { user: 'root' });
    expect(change.stderr.match(/Read-only file system/g)).toHaveLength(2);
    expect((await laptop.run(['wp', 'version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('a process has separate streams and its own environment, and gets signals', async () => {
    const { tiny } = net.hosts;
    const echo = 'cat; echo err >&2; pwd; id -u; echo $A; exit 3';
    expect(await tiny.sh(echo, { input: 'in\n', cwd: '/tmp', user: 'root', env: { A: '1 2' } })).toEqual({
      code: 3,
      signal: null,
      stdout: 'in\n/tmp\n0\n1 2\n',
      stderr: 'err\n',
    });
    const known = (await lines('tiny', 'env')).map((line) => line.replace(/=.*/, '')).sort();
    expect(known).toEqual(['HOME', 'LANG', 'LOGNAME', 'PATH', 'PWD', 'SHELL', 'SHLVL', 'USER']);
    const trapping = tiny.start(['sh', '-c', 'trap "echo bye; exit 5" TERM; echo here; while :; do sleep 0.1; done']);
    await until('the trap', () => trapping.stdout() !== '');
    expect(await trapping.end()).toMatchObject({ code: 5, signal: null, stdout: 'here\nbye\n' });
    const sleeper = tiny.start(['sleep', '1000']);
    expect(await sleeper.end('SIGKILL')).toMatchObject({ code: null, signal: 'SIGKILL' });
    await expect(tiny.run(['sleep', '1000'], { timeout: 50 })).rejects.toThrow('not within 50 ms: sleep 1000 on tiny');
    // Orphaned processes are reaped.
    await tiny.sh('(sh -c "sleep 0.1" &) ; :');
    await until('the end of all processes', async () => !(await tiny.run(['ps'])).stdout.includes('sleep'));
  });

  test('a cut link drops packets silently, and connections survive until it is mended', async () => {
    const { laptop } = net.hosts;
    const connection = laptop.start(['ssh', 'bastion', 'cat'], { input: 'open' });
    connection.child.stdin?.write('one\n');
    await until('an answer', () => connection.stdout() === 'one\n');
    await net.cut('laptop', 'bastion');
    connection.child.stdin?.write('two\n');
    const attempt = await laptop.run(['ssh', '-o', 'ConnectTimeout=1', 'bastion', 'true']);
    expect(attempt).toMatchObject({ code: 255, stderr: expect.stringContaining('Connection timed out') });
    expect(connection.stdout()).toBe('one\n');
    expect(await lines('laptop', 'ssh tiny uname -n')).toEqual(['tiny']);
    await net.mend('laptop', 'bastion');
    await until('the second answer', () => connection.stdout() === 'one\ntwo\n');
    connection.child.stdin?.end();
    expect(await connection.ended).toMatchObject({ code: 0, stderr: '' });
  });

  test.skipIf(!existsSync('/usr/bin/python3'))('a slow link delays data and loses none', async () => {
    const { laptop } = net.hosts;
    const connect = `const t = performance.now(); require('net').connect(22, 'tiny', function () {
      console.log(performance.now() - t); this.destroy(); })`;
    const connectTime = async () => Number((await laptop.run(['node', '-e', connect])).stdout);
    await net.slow('laptop', 'tiny', { delay: 150 });
    expect(await connectTime()).toBeGreaterThan(299);
    await net.slow('laptop', 'tiny', { rate: 1_000_000 });
    const begin = performance.now();
    const output = await lines('laptop', 'seq 80000 | tee seq | ssh tiny cat | md5sum; md5sum <seq; wc -c <seq');
    expect(output[0]).toBe(output[1]);
    expect(performance.now() - begin).toBeGreaterThan(Number(output[2]) / 1000);
    await net.mend('laptop', 'tiny');
    await expect.poll(connectTime).toBeLessThan(299);
  });

  test.skipIf(!hasBrowser)("a browser on the laptop shows an entry of the laptop's server", async () => {
    const { laptop } = net.hosts;
    const process = laptop.start(['wp', 'run', 'mine']);
    const { link, httpPort } = await ready(process, laptop.path('/home/ada/webpipe'));
    expect(httpPort).toBe(8989);
    const browser = await launch([], laptop);
    const page = await browser.newPage();
    await page.goto(link);
    await expect.poll(() => page.locator('#state').innerText()).toBe('live');
    writeFileSync(laptop.path('/tmp/a.txt'), 'from the laptop\n');
    const shown = await laptop.sh('wp show /tmp/a.txt; ssh tiny "ls /bin/sh" | wp show');
    expect(shown).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(':8989/s/mine/#1\n') });
    for (const [n, text] of ['from the laptop', '/bin/sh'].entries()) {
      const body = page.frameLocator(`article[data-n="${n + 1}"] iframe.visible`).locator('body');
      await expect.poll(() => body.innerText()).toContain(text);
    }
    await browser.close();
    expect(await process.end()).toMatchObject({ code: 0 });
  });

  test('a host that loses power closes no connections', async () => {
    const { laptop, tiny } = net.hosts;
    const connection = laptop.start(['ssh', 'tiny', 'echo here; exec cat'], { input: 'open' });
    await until('the session', () => connection.stdout() === 'here\n');
    await tiny.end();
    const attempt = await laptop.run(['ssh', '-o', 'ConnectTimeout=1', 'tiny', 'true']);
    expect(attempt.stderr).toContain('Connection timed out');
    expect(connection.child.exitCode).toBe(null);
    await connection.end();
  });
});

describe.skipIf(!canMakeHosts || readyFile)('login shells', () => {
  const shells = { dash: '$0', bash: '$BASH_VERSION', zsh: '$ZSH_VERSION', ksh: '$KSH_VERSION', fish: '$FISH_VERSION' };
  test('of hosts are those of their specs', async () => {
    const installed = Object.entries(shells).filter(([name]) => has(name));
    const specs = Object.fromEntries(installed.map(([shell]) => [shell, { shell, tools: [shell] }]));
    const names = installed.map(([name]) => ['laptop', name] as const);
    const { hosts, close } = await makeHosts({ laptop: { system: 'full' }, ...specs }, { links: names });
    await Promise.all(
      installed.map(async ([name, version]) => {
        const output = await hosts.laptop?.run(['ssh', name, `echo ${version}.`]);
        expect(output, name).toMatchObject({ code: 0, stderr: '' });
        expect(output?.stdout, name).toMatch(/\w+.*\.\n/);
      }),
    );
    await close();
  });
});

describe.skipIf(!canMakeHosts || readyFile)('cleanup', () => {
  test('no process, namespace, mount or link remains', async () => {
    const before = { links: readdirSync('/sys/class/net'), mounts: mounts(), processes: descendants(process.pid) };
    const { hosts, close } = await makeHosts({ one: {}, two: { client: true } });
    // A process that ignores signals, and one that is not awaited.
    hosts.one.start(['bash', '-c', 'trap "" TERM HUP INT; while :; do sleep 100; done']);
    await hosts.two.sh('ssh -f one sleep 1000; setsid sleep 1000 >/dev/null 2>&1 &');
    const spaces = await Promise.all(Object.values(hosts).map((host) => host.sh('readlink /proc/self/ns/*')));
    const ownNamespaces = new Set(spaces.flatMap(({ stdout }) => stdout.trim().split('\n')));
    for (const shared of ['cgroup', 'time', 'time_for_children', 'user'])
      ownNamespaces.delete(namespace('self', shared));
    expect(ownNamespaces.size).toBe(10);
    expect(processesIn(ownNamespaces).length).toBeGreaterThan(6);
    expect({ links: readdirSync('/sys/class/net'), mounts: mounts() }).toMatchObject({
      links: before.links,
      mounts: before.mounts,
    });
    await close();
    expect(processesIn(ownNamespaces)).toEqual([]);
    expect({ links: readdirSync('/sys/class/net'), mounts: mounts(), processes: descendants(process.pid) }).toEqual(
      before,
    );
  });

  test('nothing remains of hosts that could not be created', async () => {
    const before = descendants(process.pid);
    await expect(makeHosts({ one: {}, two: { tools: ['no-such'] } })).rejects.toThrow('there is no no-such on this');
    await expect(makeHosts({ one: {}, 'a-name-too-long': {} })).rejects.toThrow('not a valid ifname');
    await expect.poll(() => descendants(process.pid)).toEqual(before);
  });

  test('nothing remains of a run that was killed', async () => {
    const dir = tempDir();
    const file = join(dir, 'made');
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const run = start(process.execPath, [vitest, 'run', 'test/remote/hosts.test.ts'], {
      dir,
      cwd: root,
      env: { HOSTS_READY_FILE: file },
    });
    await until(
      'the hosts',
      () => existsSync(file) || (run.child.exitCode !== null && Promise.reject(new Error(run.stdout()))),
    );
    const all = descendants(run.pid);
    expect(all.filter((pid) => commandOf(pid) === 'init').length).toBe(2);
    run.child.kill('SIGKILL');
    await until('the end of all processes', () => !all.some(isAlive));
  });
});

if (readyFile) {
  test('creates hosts and waits to be killed', async () => {
    const { hosts } = await makeHosts({ one: {}, two: {} });
    hosts.one.start(['sleep', '1000']);
    writeFileSync(readyFile, '');
    await new Promise(() => {});
  });
}

/** The mounts on this machine that belong to hosts. */
const mounts = () =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes('webpipe-host'));

/** All descendants of a process. */
function descendants(pid: number): number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const children = threads.flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' '),
    );
    return children.filter(Boolean).flatMap((child) => [Number(child), ...descendants(Number(child))]);
  } catch {
    return [];
  }
}

/** Whether a process exists and is not a zombie. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

const commandOf = (pid: number) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim();

/** The processes in one of the namespaces. */
function processesIn(spaces: ReadonlySet<string>): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => ['net', 'uts', 'ipc', 'mnt', 'pid'].some((kind) => spaces.has(namespace(pid, kind))));
}

function namespace(pid: string, kind: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`);
  } catch {
    return '';
  }
}
