/** `wp ssh`: files on a host without webpipe are shown on this machine. */
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { has } from '../client/client.ts';
import { readEntries, sourceOf } from '../support/disk.ts';
import { canMakeHosts, type Hosts, makeHosts } from '../support/hosts.ts';
import { type Process, ready, root, until, within } from '../support/wp.ts';

const specs = {
  laptop: { system: 'full', sshd: false },
  bastion: {},
  // A typical server, without webpipe and Node, reached by ProxyJump.
  remote: { tools: ['nc'], ssh: ['ProxyJump bastion'], shell: 'zsh' },
  // Only busybox, whose nc does not support unix sockets.
  tiny: { system: 'busybox', shell: 'ash', sshd: ['ClientAliveInterval 1', 'ClientAliveCountMax 1'] },
  // Its sshd forwards ports but not sockets.
  strict: { shell: 'ksh', sshd: ['AllowStreamLocalForwarding no'] },
  // Its sshd forwards nothing.
  shut: { shell: 'dash', sshd: ['AllowStreamLocalForwarding no', 'AllowTcpForwarding no'] },
  // Its private directory has a space in its name.
  spaced: { tools: ['nc'], sshd: [`SetEnv XDG_RUNTIME_DIR="/home/ada/ada's run"`] },
  fishy: { shell: 'fish', tools: ['python3'] },
  // It has R, Python and its own webpipe, which must not be used.
  science: { system: 'full', sshd: [], client: false },
} as const;

describe.skipIf(!canMakeHosts)('wp ssh', () => {
  let net: Hosts<keyof typeof specs>;
  let server: Process;
  let dir = '';
  let scroll = '';
  beforeAll(async () => {
    net = await makeHosts(specs, {
      links: [
        ['laptop', 'bastion'],
        ['bastion', 'remote'],
        ['laptop', 'tiny'],
        ['laptop', 'strict'],
        ['laptop', 'shut'],
        ['laptop', 'spaced'],
        ['laptop', 'fishy'],
        ['laptop', 'science'],
      ],
    });
    const { laptop } = net.hosts;
    dir = laptop.path('/home/ada/webpipe');
    server = laptop.start(['wp', 'run', '--no-open']);
    scroll = (await ready(server, dir)).scroll;
    for (const name of ['remote', 'tiny', 'strict', 'shut', 'spaced', 'fishy'] as const) {
      writeFileSync(net.hosts[name].path('/home/ada/a b.csv'), 'name,value\nx,1\n');
      mkdirSync(net.hosts[name].path('/home/ada/plots'), { recursive: true });
      writeFileSync(net.hosts[name].path('/home/ada/plots/1.txt'), 'one');
      symlinkSync('/etc/passwd', net.hosts[name].path('/home/ada/plots/link'));
    }
    const runDir = "/home/ada/ada's run";
    for (const host of [net.hosts.spaced, laptop]) await host.run(['mkdir', '-m', '700', runDir]);
    // Without this file zsh asks a new user questions.
    writeFileSync(net.hosts.remote.path('/home/ada/.zshrc'), '');
  });
  afterAll(() => net?.close());

  const lastEntry = () => {
    const entry = readEntries(dir, scroll).at(-1);
    if (!entry) throw new Error('nothing was shown');
    return entry;
  };
  const renderedEntry = (n: number) =>
    until(`entry ${n}`, () => {
      const entry = readEntries(dir, scroll)[n - 1];
      return entry?.status === 'ok' && entry;
    });
  /** The files and processes of webpipe that remain on a host. */
  const remains = async (name: keyof typeof specs) =>
    (
      await net.hosts[name].sh(
        'ls -A /tmp /run/user 2>/dev/null; ls -A /home/ada; ls -A /home/ada/.webpipe 2>/dev/null; ps 2>/dev/null | grep -c "[w]p-"',
      )
    ).stdout
      .split('\n')
      .filter((line) => /wp|webpipe|sock/.test(line));

  test.each(['remote', 'tiny', 'strict', 'fishy'] as const)(
    'on %s a command shows files, directories and streams, and leaves nothing',
    async (name) => {
      const before = readEntries(dir, scroll).length;
      const line = `wp show 'a b.csv' plots && echo hello | wp-stub show --title 'from a pipe' && exit 7`;
      const result = await net.hosts.laptop.run(['wp', 'ssh', name, line]);
      expect(result.stderr).toBe('');
      expect(result.code).toBe(7);
      expect(result.stdout.trim().split('\n')).toEqual(
        [1, 2, 3].map((i) => `http://localhost:8989/s/${scroll}/#${before + i}`),
      );
      const [csv, folder, text] = await Promise.all([1, 2, 3].map((i) => renderedEntry(before + i)));
      expect(csv).toMatchObject({ name: 'a b.csv', type: 'csv', host: name });
      expect(sourceOf(dir, scroll, csv?.id ?? '').toString()).toBe('name,value\nx,1\n');
      expect(readFileSync(join(dir, 's', scroll, folder?.id ?? '', 'source/plots/1.txt'), 'utf8')).toBe('one');
      expect(text).toMatchObject({ title: 'from a pipe', host: name });
      expect(sourceOf(dir, scroll, text?.id ?? '').toString()).toBe('hello\n');
      expect(await remains(name)).toEqual([]);
      expect((await net.hosts.laptop.sh('ls -d /tmp/wp-*; ps ax | grep "[s]sh "')).stdout).toBe('');
    },
  );

  test.each(['remote', 'tiny', 'fishy'] as const)(
    'a shell on %s is the login shell, with wp on its path',
    async (name) => {
      const before = readEntries(dir, scroll).length;
      const { laptop } = net.hosts;
      // script(1) allocates a terminal.
      const shell = laptop.start(['script', '-qec', `wp ssh ${name}`, '/dev/null'], { input: 'open' });
      await until(
        'a prompt',
        () => /[$%>#] ?(\u001b\S*)*\s*$/.test(shell.stdout().trimEnd()) || shell.stdout().length > 20,
      );
      shell.child.stdin?.write('wp show plots/1.txt\n');
      await until('the address', () => shell.stdout().includes(`#${before + 1}`));
      shell.child.stdin?.write('exit\n');
      await within(shell.ended, `the end: ${shell.stdout()}`);
      expect(await renderedEntry(before + 1)).toMatchObject({ name: '1.txt', host: name });
      expect(await remains(name)).toEqual([]);
    },
  );

  test.skipIf(!has('Rscript'))('R on a host shows plots on the laptop', async () => {
    const before = readEntries(dir, scroll).length;
    const code = `source('${root}/clients/r/webpipe.R'); web.plot(cars); web.show(head(mtcars))`;
    const result = await net.hosts.laptop.run(['wp', 'ssh', 'science', `Rscript -e "${code}"`]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(await renderedEntry(before + 1)).toMatchObject({ type: 'Rplot.png', host: 'science' });
    expect(await renderedEntry(before + 2)).toMatchObject({ type: 'csv', host: 'science' });
  });

  test.skipIf(!existsSync('/usr/lib/python3/dist-packages/matplotlib'))(
    'Python on a host shows figures on the laptop',
    async () => {
      const before = readEntries(dir, scroll).length;
      const code = `import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show(); import webpipe; webpipe.show(b'hi', type='txt')`;
      const env = `PYTHONPATH='${root}/clients/python' MPLBACKEND=module://webpipe PYTHONDONTWRITEBYTECODE=1`;
      const line = `${env} /usr/bin/python3 -c "${code}"`;
      const result = await net.hosts.laptop.run(['wp', 'ssh', 'science', line]);
      expect(result).toMatchObject({ code: 0 });
      expect(await renderedEntry(before + 1)).toMatchObject({ type: 'png', host: 'science' });
      expect(await renderedEntry(before + 2)).toMatchObject({ type: 'txt', host: 'science' });
    },
  );

  test('a user with ControlMaster gets a separate connection', async () => {
    const { laptop } = net.hosts;
    const shared = 'Host tiny\n  ControlMaster auto\n  ControlPath ~/.ssh/cm-%r@%h\n  ControlPersist 60\n';
    const config = laptop.path('/home/ada/.ssh/config');
    const plain = readFileSync(config, 'utf8');
    writeFileSync(config, `${shared}${plain}`);
    try {
      expect((await laptop.run(['ssh', 'tiny', 'true'])).code).toBe(0);
      const before = readEntries(dir, scroll).length;
      const result = await laptop.run(['wp', 'ssh', 'tiny', 'wp show plots/1.txt']);
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(await renderedEntry(before + 1)).toMatchObject({ name: '1.txt' });
      // The user's own connection still exists and works.
      expect((await laptop.run(['ssh', '-O', 'check', 'tiny'])).stderr).toContain('Master running');
      await laptop.run(['ssh', '-O', 'exit', 'tiny']);
    } finally {
      writeFileSync(config, plain);
    }
  });

  test('a host without forwarding is reported, with an alternative', async () => {
    const result = await net.hosts.laptop.run(['wp', 'ssh', 'shut', 'true']);
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(
      /^wp: ssh: shut does not forward sockets or ports to this machine.*; .*"ssh HOST wp send FILE \| wp recv"\n$/m,
    );
    expect(await remains('shut')).toEqual([]);
  });

  test('ssh reports its own connection errors', async () => {
    const result = await net.hosts.laptop.run(['wp', 'ssh', '-o', 'ConnectTimeout=1', 'nowhere', 'true']);
    expect(result.code).toBe(255);
    expect(result.stderr).toMatch(/nowhere/);
    expect((await net.hosts.laptop.run(['wp', 'ssh'])).stderr).toBe(
      'wp: ssh: no host given; usage: wp ssh [SSH OPTIONS] HOST [COMMAND...]\n',
    );
  });

  test('no secret is on a command line or in the environment of the host, and no other user can send', async () => {
    const { laptop, strict } = net.hosts;
    const session = laptop.start(['wp', 'ssh', 'strict', 'echo started; read x; wp show "a b.csv"'], { input: 'open' });
    await until('the session', () => session.stdout().includes('started'));
    const place = (await strict.sh('echo /tmp/wp-*', { user: 'root' })).stdout.trim();
    expect(place).toMatch(/^\/tmp\/wp-\w{6}$/);
    const to = readFileSync(join(strict.path(place), 'to'), 'utf8');
    const token = /^token=(\S+)$/m.exec(to)?.[1] ?? '';
    const port = /^to=(\d+)$/m.exec(to)?.[1] ?? '';
    expect(token).toMatch(/^[0-9a-f]{8}\.[0-9a-f]{32}$/);
    const environments = await strict.sh('cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ | tr "\\0" "\\n"', {
      user: 'root',
    });
    expect(environments.stdout).not.toContain(token.split('.')[1]);
    expect((await strict.sh(`ls -ld ${place} ${place}/to`, { user: 'root' })).stdout).toMatch(
      /^drwx------ [\s\S]*^-rw-------/m,
    );
    const before = readEntries(dir, scroll).length;
    const stranger = await strict.run(
      [
        'bash',
        '-c',
        `exec 3<>/dev/tcp/127.0.0.1/${port}; printf '{"kind":"file","name":"x","length":1}\\nx' >&3; timeout 3 cat <&3`,
      ],
      { user: 'root' },
    );
    expect(stranger.stdout).toMatch(/^\{"kind":"error".*who brings a token/);
    session.child.stdin?.write('\n');
    await within(session.ended, 'the session');
    expect(lastEntry()).toMatchObject({ n: before + 1, name: 'a b.csv' });
  });

  test('a command reads standard input, but not with -n, so that a loop over a list works', async () => {
    const { laptop } = net.hosts;
    const options = { input: 'one\ntwo\n' };
    const loop = 'while read -r name; do wp ssh -n tiny "echo $name; cat"; done';
    expect(await laptop.sh(loop, options)).toMatchObject({ code: 0, stdout: 'one\ntwo\n', stderr: '' });
    const loopWithInput = 'while read -r name; do wp ssh tiny "echo $name; cat"; done';
    expect(await laptop.sh(loopWithInput, options)).toMatchObject({ code: 0, stdout: 'one\ntwo\n', stderr: '' });
    const config = laptop.path('/home/ada/.ssh/config');
    const plain = readFileSync(config, 'utf8');
    writeFileSync(config, `Host tiny\n  StdinNull yes\n${plain}`);
    try {
      const line = 'wp ssh tiny "cat; wp show plots/1.txt" && cat';
      const { stdout } = await laptop.sh(line, options);
      expect(stdout).toMatch(/^http:\S+\none\ntwo\n$/);
    } finally {
      writeFileSync(config, plain);
    }
  });

  test('directories may have spaces and quotes in their names, on both machines', async () => {
    const { laptop, spaced } = net.hosts;
    const env = { XDG_RUNTIME_DIR: "/home/ada/ada's run" };
    const line = 'ls -d /home/ada/*run/wp-*; wp show plots/1.txt; echo hello | wp show';
    const result = await laptop.run(['wp', 'ssh', 'spaced', line], { env });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(/^\/home\/ada\/ada's run\/wp-\w+\nhttp:\S+\nhttp:\S+\n$/);
    for (const host of [laptop, spaced]) expect((await host.sh('ls -A ada*run')).stdout).toBe('');
  });

  test.each(['/nowhere', '', 'relative', '/sys'])(
    'XDG_RUNTIME_DIR=%s is not usable, and another directory is used',
    async (place) => {
      const env = { XDG_RUNTIME_DIR: place };
      const result = await net.hosts.laptop.run(['wp', 'ssh', 'tiny', 'wp show plots/1.txt'], { env });
      expect(result).toMatchObject({ code: 0, stderr: '' });
    },
  );

  test.each(['remote', 'tiny'] as const)('other users on %s cannot interfere with files in /tmp', async (name) => {
    const { laptop } = net.hosts;
    const host = net.hosts[name];
    const traps = [
      'mkdir -m 755 /tmp/wp-zzzzz1 /tmp/theirs',
      'ln -s /dev/stdin /tmp/wp-zzzzz1/near',
      'ln -s /dev/stdin /tmp/theirs/near',
      'ln -s /tmp/theirs /tmp/wp-zzzzz2',
      'ln -s /home/ada /tmp/wp-zzzzz3',
    ];
    expect(await host.sh(traps.join(' && '), { user: 'root' })).toMatchObject({ code: 0, stderr: '' });
    writeFileSync(host.path('/home/ada/near'), 'x');
    const result = await laptop.run(['wp', 'ssh', name, 'wp show plots/1.txt']);
    await host.sh('rm -rf /tmp/wp-zzzzz* /tmp/theirs /home/ada/near', { user: 'root' });
    expect(result).toMatchObject({ code: 0, stderr: '' });
  });

  test('a broken connection leaves nothing on the host, and the next one works', async () => {
    const { laptop, tiny } = net.hosts;
    const alive = ['-o', 'ServerAliveInterval=1', '-o', 'ServerAliveCountMax=1'];
    const session = laptop.start(['wp', 'ssh', ...alive, 'tiny', 'echo started; sleep 60'], { input: 'open' });
    await until('the session', () => session.stdout().includes('started'));
    await net.cut('laptop', 'tiny');
    expect(await within(session.ended, 'the end')).toMatchObject({ code: 255 });
    await until('a clean host', async () => (await remains('tiny')).length === 0);
    await net.mend('laptop', 'tiny');
    const again = await laptop.run(['wp', 'ssh', 'tiny', 'wp show plots/1.txt']);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(tiny.path('/home/ada/.webpipe'))).toBe(false);
  });
});
