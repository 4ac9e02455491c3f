/** The stages on several machines, with real ssh between them. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readEntries, sourceOf } from '../support/disk.ts';
import type { Host } from '../support/hosts/host.ts';
import { canMakeHosts, type Hosts, makeHosts } from '../support/hosts.ts';
import { type Process, ready, until, within } from '../support/wp.ts';

const COUNT = 200;
const names = Array.from({ length: COUNT }, (_, i) => `${String(i).padStart(3, '0')}.txt`);

const specs = {
  laptop: { system: 'full', sshd: false },
  // A server with webpipe.
  render: { system: 'full', sshd: [], client: false },
  // Two hosts without webpipe.
  one: { tools: ['nc'] },
  two: { system: 'busybox', shell: 'ash' },
} as const;

describe.skipIf(!canMakeHosts)('stages on several machines', () => {
  let net: Hosts<keyof typeof specs>;
  let laptop: Host;
  let render: Host;
  beforeAll(async () => {
    net = await makeHosts(specs);
    ({ laptop, render } = net.hosts);
    for (const host of Object.values(net.hosts)) {
      mkdirSync(host.path('/home/ada/files'), { recursive: true });
      for (const name of names) writeFileSync(host.path(`/home/ada/files/${name}`), `${name} of ${host.name}\n`);
      await host.sh('mkdir -m 700 -p w');
    }
  });
  afterAll(() => net?.close());
  const started: Process[] = [];
  afterEach(async () => {
    for (const process of started.splice(0)) await process.end('SIGKILL').catch(() => {});
    for (const host of [laptop, render]) await host.sh("pkill -KILL -f 'wp[.]js'", { user: 'root' });
  });

  const webpipe = () => laptop.path('/home/ada/webpipe');
  const untilAllOk = (scroll: string, count: number) =>
    until(`${count} entries in ${scroll}`, () => {
      const all = entriesOf(scroll);
      return all.length === count && all.every(({ status }) => status === 'ok') && all;
    });
  const entriesOf = (scroll: string) => {
    try {
      return readEntries(webpipe(), scroll);
    } catch {
      return [];
    }
  };
  /** Expects an entry for each file of a host, in order and with its contents. */
  const expectContents = (scroll: string, entries: ReturnType<typeof entriesOf>, host: string) => {
    expect(entries.map(({ name }) => name)).toEqual(names);
    for (const { id, name } of entries) expect(sourceOf(webpipe(), scroll, id).toString()).toBe(`${name} of ${host}\n`);
  };
  /** Starts a command on a host; it is ended after the test. */
  const start = (host: Host, command: readonly string[]): Process => {
    const process = host.start(command);
    started.push(process);
    return process;
  };
  /** Starts a line of sh on a host and waits until `readyFile` exists there. */
  const run = async (host: Host, line: string, readyFile?: string): Promise<Process> => {
    const process = start(host, ['sh', '-c', line]);
    if (readyFile !== undefined)
      await until(
        `${readyFile} of ${line}`,
        async () => (await host.sh(`[ -S ${readyFile} ] || [ -e ${readyFile} ]`)).code === 0,
      );
    return process;
  };
  /** Ends all stages on a host like Ctrl-C, and waits until they have exited. */
  const stopStages = async (...hosts: Host[]) => {
    for (const host of hosts) {
      await host.sh("pkill -INT -f 'wp[.]js'", { user: 'root' });
      await until(`the end of what runs on ${host.name}`, async () => (await host.sh("pgrep -f 'wp[.]js'")).code !== 0);
    }
  };

  test('wp tunnel and the stub show files of a bare host, and the tunnel reconnects by itself', async () => {
    const server = start(laptop, ['wp', 'run', 'tunnelled', '--no-open']);
    await ready(server, webpipe());
    expect(await laptop.run(['wp', 'scp-stub', 'one:w/wp-stub'])).toMatchObject({ code: 0 });
    expect(await laptop.run(['wp', 'scp-stub', 'two'])).toMatchObject({ code: 0 });
    const tunnel = start(laptop, ['wp', 'tunnel', '-o', 'ServerAliveInterval=1', 'one']);
    await until('the tunnel', () => tunnel.stderr().includes('shows files here'));
    const shown = await net.hosts.one.sh('cd files && ../w/wp-stub show *.txt');
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expectContents('tunnelled', await untilAllOk('tunnelled', COUNT), 'one');
    expect(entriesOf('tunnelled')[0]?.host).toBe('one');
    await net.cut('laptop', 'one');
    await until('the broken connection', () => tunnel.stderr().includes('the connection broke'));
    await net.mend('laptop', 'one');
    await until('the new connection', () => tunnel.stderr().split('shows files here').length === 3);
    const again = await net.hosts.one.sh('echo back | w/wp-stub show');
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(await tunnel.end('SIGINT')).toMatchObject({ code: 0 });
    expect((await net.hosts.one.sh('ls -A /tmp; ls -d .webpipe')).stdout).toBe('');
    expect((await net.hosts.one.sh('echo gone | w/wp-stub show')).stderr).toMatch(
      /^wp: show: no webpipe is running .*\n$/,
    );
    expect(await server.end()).toMatchObject({ code: 0 });
  });

  test('of two tunnels to one host the newer is used; when it ends, the older is used', async () => {
    const server = start(laptop, ['wp', 'run', 'two-tunnels', '--no-open']);
    await ready(server, webpipe());
    const { one } = net.hosts;
    expect(await laptop.run(['wp', 'scp-stub', 'one:w/wp-stub'])).toMatchObject({ code: 0 });
    const open = async () => {
      const tunnel = start(laptop, ['wp', 'tunnel', 'one']);
      await until('the tunnel', () => tunnel.stderr().includes('shows files here'));
      return tunnel;
    };
    const usedTunnel = async () => (await one.sh('head -n 1 .webpipe/to')).stdout;
    const expectShown = async () =>
      expect(await one.sh('echo hello | w/wp-stub show')).toMatchObject({ code: 0, stderr: '' });
    // A tunnel that was killed is not used.
    await one.sh('mkdir -p .webpipe; echo to=unix:/tmp/wp-gone00/sock >.webpipe/to.99999');
    const first = await open();
    const toFirst = await usedTunnel();
    const second = await open();
    const toSecond = await usedTunnel();
    expect(toSecond).not.toBe(toFirst);
    expect(await second.end('SIGINT')).toMatchObject({ code: 0 });
    expect(await usedTunnel()).toBe(toFirst);
    await expectShown();
    const third = await open();
    const toThird = await usedTunnel();
    expect(await first.end('SIGINT')).toMatchObject({ code: 0 });
    expect(await usedTunnel()).toBe(toThird);
    await expectShown();
    expect(await third.end('SIGINT')).toMatchObject({ code: 0 });
    expect((await one.sh('ls -A /tmp; ls -d .webpipe')).stdout).toBe('');
    expect(await server.end()).toMatchObject({ code: 0 });
  });

  test('machines connect directly only with TLS and a token', async () => {
    const name = "-subj /CN=laptop -addext 'subjectAltName=DNS:laptop,IP:10.0.0.1'";
    await laptop.sh(`cd w && openssl req -x509 -newkey rsa:2048 -nodes -days 2 ${name} -keyout key -out cert`);
    await laptop.sh('cd w && wp token --host "by wire" >token');
    for (const file of ['cert', 'token']) {
      const text = readFileSync(laptop.path(`/home/ada/w/${file}`));
      writeFileSync(render.path(`/home/ada/w/${file}`), text);
    }
    const withoutTls = await laptop.sh('wp recv --listen 0.0.0.0:8987');
    expect(withoutTls).toMatchObject({ code: 2, stdout: '' });
    expect(withoutTls.stderr).toMatch(/^wp: listen: .* would be open to other machines; .*--tls-cert and --tls-key\n$/);
    await run(
      laptop,
      'wp recv --listen 0.0.0.0:8987 --tls-cert w/cert --tls-key w/key | wp xrender | wp serve wired',
      'webpipe/s/wired/scroll.ndjson',
    );
    // The scroll exists when serve has started. recv may take longer (in /proc/net/tcp, 8987 is 231B and 0A is LISTEN).
    await laptop.sh(`until grep -q ':231B .* 0A ' /proc/net/tcp; do sleep 0.1; done`);
    const send = (more: string, to = 'laptop:8987') => render.sh(`cd files && wp send --to ${to} ${more} 00?.txt`);
    const sent = await send('--tls-ca ../w/cert --token-file ../w/token');
    expect(sent).toMatchObject({ code: 0, stderr: '' });
    await untilAllOk('wired', 10);
    expect(entriesOf('wired').map(({ host }) => host)).toEqual(Array.from({ length: 10 }, () => 'by wire'));
    expect((await send('--tls-ca ../w/cert')).stderr).toMatch(
      /^wp: --to: laptop:8987 is on another machine; use --token-file/,
    );
    const unknown = start(render, ['sh', '-c', 'cd files && wp send --to laptop:8987 --token-file ../w/token 000.txt']);
    await until('the message about the certificate', () =>
      unknown.stderr().includes('its certificate is not trusted; set --tls-ca'),
    );
    // A client without TLS gets no answer.
    const stranger = await render.sh("(cat ../w/token; echo '/etc/passwd'; sleep 1) | nc laptop 8987");
    expect(stranger.stdout).not.toContain('kind');
    expect(entriesOf('wired')).toHaveLength(10);
    await stopStages(render, laptop);
  });

  test('several hosts render for one scroll, without an HTTP server of their own', async () => {
    await run(laptop, 'wp recv --listen unix:w/in | wp serve rendered', 'w/in');
    start(laptop, ['ssh', '-N', '-R', '/home/ada/w/out:/home/ada/w/in', 'render']);
    await until('the forward', async () => (await render.sh('[ -S w/out ]')).code === 0);
    await run(render, 'wp xrender --listen 8988 | wp send --to unix:w/out', 'webpipe/run/8988.info');
    const shown = await render.sh('cd files && wp show *.txt');
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    const local = start(laptop, ['sh', '-c', 'cd files && ls *.txt | wp xrender | wp send --to unix:../w/in']);
    await within(local.ended, `the local pipeline: ${local.stderr()}`);
    const all = await untilAllOk('rendered', 2 * COUNT);
    for (const host of ['render', 'laptop'])
      expectContents(
        'rendered',
        all.filter((entry) => entry.host === host),
        host,
      );
    const listening = (await render.sh('ss -Htln', { user: 'root' })).stdout.trim().split('\n');
    expect(listening.map((line) => line.split(/\s+/)[3]).sort()).toEqual(['0.0.0.0:22', '127.0.0.1:8988', '[::]:22']);
    expect(readdirSync(render.path('/home/ada/webpipe/s'))).toEqual([]);
    await stopStages(render, laptop);
  });

  test('files pass through three machines, even if each stage is killed and restarted', async () => {
    const scroll = 'thirds';
    const serve = () => run(laptop, `wp recv --listen unix:w/end | wp serve ${scroll}`, 'w/end');
    start(laptop, ['ssh', '-N', '-R', '/home/ada/w/onward:/home/ada/w/end', 'render']);
    start(laptop, ['ssh', '-N', '-L', '/home/ada/w/middle:/home/ada/w/files', 'render']);
    const line = 'wp recv --listen unix:w/files | wp xrender | wp send --to unix:w/onward';
    let serving = await serve();
    await until('the forwards', async () => (await render.sh('[ -S w/onward ]')).code === 0);
    let rendering = await run(render, line, 'w/files');
    const sending = start(laptop, ['sh', '-c', 'cd files && wp send --to unix:../w/middle *.txt']);
    const arrived = (part: number) => until(`${part} of the entries`, () => entriesOf(scroll).length >= COUNT * part);
    await arrived(0.1);
    // A pipeline ends when one of its stages has ended and another writes to it. This loop restarts it at once.
    for (const [i, stage] of ['recv', 'xrender', 'send'].entries()) {
      await render.sh(`pkill -KILL -f 'wp[.]js ${stage}'`, { user: 'root' });
      await render.sh("sleep 0.2; pkill -TERM -f 'wp[.]js'", { user: 'root' });
      await within(rendering.ended, `the end of the pipeline without ${stage}`);
      rendering = await run(render, line, 'w/files');
      // The socket of a killed recv still exists, so it does not show that the new stages run.
      await until('all stages', async () => (await render.sh("pgrep -fc 'wp[.]js '")).stdout.trim() === '3');
      await arrived(0.2 + 0.2 * i);
    }
    await laptop.sh(`pkill -KILL -f 'wp[.]js serve'; pkill -KILL -f 'wp[.]js recv'`);
    await within(serving.ended, 'the end of serve');
    serving = await serve();
    const sent = await within(sending.ended, `the sender: ${sending.stderr()}`);
    expect(sent.code, sent.stderr).toBe(0);
    expectContents(scroll, await untilAllOk(scroll, COUNT), 'laptop');
    expect(readFileSync(join(webpipe(), 's', scroll, 'scroll.ndjson'), 'utf8').match(/"accepted"/g)).toHaveLength(
      COUNT,
    );
    await stopStages(render, laptop);
  });
});
