/** The port for files: which clients may send to it, and which input is refused. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readEntries } from '../support/disk.ts';
import { newId } from '../support/raw.ts';
import { http, login } from '../support/viewer.ts';
import { type Server, startServer, tempDir, until, wp } from '../support/wp.ts';
import { asNobody, exchange, isRoot } from './support.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer(['run', 'mine']);
});

const entries = () => readEntries(server.dir, 'mine');
const record = (fields: object) => `${JSON.stringify({ kind: 'file', id: newId(), ...fields })}\n`;
const byPath = () => record({ path: '/etc/hostname' });
describe.runIf(isRoot)('another user', () => {
  /** Sends as the user nobody and returns the answer. `close`: closes the connection without waiting for the answer. */
  const send = async (lines: string, close = false) => {
    const script = `exec 3<>/dev/tcp/127.0.0.1/${server.port} && cat >&3 ${close ? '' : '&& timeout 2 cat <&3'}`;
    return (await asNobody(server, 'bash', ['-c', script], lines)).stdout;
  };

  test('is refused, whatever it sends', async () => {
    for (const lines of [
      byPath(),
      '/etc/hostname\n',
      `${record({ name: 'x', length: 2 })}hi`,
      record({ name: 'x', open: true }),
      `{"kind":"hello","version":1}\n${byPath()}`,
      `{"kind":"hello","version":1,"token":""}\n${byPath()}`,
      `{"kind":"hello","version":1,"token":"${'0'.repeat(32)}"}\n${byPath()}`,
      `{"kind":"hello","version":1,"token":"${await login(server)}"}\n${byPath()}`,
    ])
      expect(await send(lines), lines).toMatch(/^\{"kind":"error"[^\n]*(own user|not known here)/);
    expect(entries()).toEqual([]);
  });

  test('is not mistaken for root when it closes its socket before the check', async () => {
    for (let i = 0; i < 10; i++) await send(byPath(), true);
    await new Promise((settle) => setTimeout(settle, 300));
    expect(entries()).toEqual([]);
  });

  test('may send contents with a token, but cannot show files of this user', async () => {
    const token = (await wp(['token', '--host', 'their laptop'], { dir: server.dir })).stdout.trim();
    const hello = `{"kind":"hello","version":1,"token":"${token}"}\n`;
    expect(await send(`${hello}${byPath()}{"kind":"end"}\n`)).toMatch(/^\{"kind":"error".*a path means nothing here/);
    const byValue = `${record({ name: 'x.txt', length: 2, host: 'ours' })}hi`;
    expect(await send(`${hello}${byValue}{"kind":"end"}\n`)).toMatch(/^\{"kind":"ack"/);
    expect(entries()).toMatchObject([{ name: 'x.txt', host: 'their laptop' }]);
    expect((await wp(['token', '--revoke', 'their laptop'], { dir: server.dir })).stdout).toMatch(
      /^revoked [0-9a-f]{8} /,
    );
    expect(await send(`${hello}${byValue}`)).toMatch(/^\{"kind":"error".*not known here, or was revoked/);
  });

  test('cannot connect to the private socket', async () => {
    const { code } = await asNobody(server, 'nc', ['-U', '-N', server.socket], byPath());
    expect(code).not.toBe(0);
  });

  test('cannot block the owner of the port', async () => {
    const script = `for i in $(seq 200); do exec {fd}<>/dev/tcp/127.0.0.1/${server.port} || break; done 2>/dev/null; echo done; sleep 20`;
    const holding = asNobody(server, 'timeout', ['3', 'bash', '-c', script]).catch(() => {});
    await new Promise((settle) => setTimeout(settle, 700));
    const path = join(server.dir, 'mine.txt');
    writeFileSync(path, 'mine');
    expect(await exchange(server.port, `${record({ path })}{"kind":"end"}\n`)).toMatch(/^\{"kind":"ack"/);
    await holding;
  });
});

test("the viewer's token does not open the port for files, and the reverse", async () => {
  const token = (await wp(['token'], { dir: server.dir })).stdout.trim();
  const responseTo = await http(server, '/api/scrolls', { headers: { Authorization: `Bearer ${token}` } });
  expect(responseTo.status).toBe(401);
});

test.each([
  ['a request of a browser', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nBODY'],
  ['a TLS hello', '\u0016\u0003\u0001\u0002BODY'],
  ['a line too long', `{"kind":"${'x'.repeat(70_000)}`],
  ['an array', '[]\nBODY'],
  ['a kind that is none', '{"kind":"__proto__"}\nBODY'],
  ['an id that is a path', '{"kind":"file","id":"../../../../etc/x","path":"/etc/hostname"}\nBODY'],
  ['an entry that is a path', '{"kind":"entry","id":"../x","page":"/etc/hostname"}\nBODY'],
  ['a path that is not absolute', '{"kind":"file","path":"hostname"}\n{"kind":"end"}\n'],
])('%s is refused, and so is any input after it', async (_, text) => {
  const before = entries().length;
  const answer = await exchange(server.port, text.replace('BODY', byPath()));
  expect(answer).toMatch(/^(\{"kind":"error"[^\n]*\n)*$/);
  expect(entries().length).toBe(before);
  const path = join(server.dir, 'next.txt');
  writeFileSync(path, 'next');
  expect(await wp(['show', path], { dir: server.dir })).toMatchObject({ code: 0, stderr: '' });
  await until('the next entry', () => entries().length > before);
});

test('when tokens are created and revoked at the same time, none is lost and no revoked token becomes valid', async () => {
  const dir = tempDir();
  const token = async (...args: string[]) => (await wp(['token', ...args], { dir })).stdout.trim();
  const before = [];
  for (let i = 0; i < 5; i++) before.push(await token());
  const idOf = (text = '') => text.split('.')[0] ?? '';
  const made = Array.from({ length: 15 }, () => token());
  await Promise.all(before.map((one) => token('--revoke', idOf(one))));
  const good = (await token('--list')).split('\n').map((line) => line.slice(0, 8));
  for (const one of before) expect(good).not.toContain(idOf(one));
  const all = (await Promise.all(made)).map(idOf).sort();
  expect(
    (await token('--list'))
      .split('\n')
      .map((line) => line.slice(0, 8))
      .sort(),
  ).toEqual(all);
});
