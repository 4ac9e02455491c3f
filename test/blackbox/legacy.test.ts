/** The protocol of 2014: tagged netstrings or a path, sent with nc. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readEntries, sourceOf } from '../support/disk.ts';
import { watch } from '../support/viewer.ts';
import { type Server, start, startServer, within } from '../support/wp.ts';

const RUN = ['run', '--recv', '--recv-port', '0', '--xrender-port', '0', '--http-port', '0'];

const recvPort = (server: Server) =>
  Number(/^recv=(\d+)$/m.exec(readFileSync(join(server.dir, 'run', `${server.port}.info`), 'utf8'))?.[1]);

const nc = async (port: number, input: string | Uint8Array, uid?: number) => {
  const peer = start('nc', ['localhost', String(port)], { dir: '/', input, uid });
  return (await within(peer.ended, 'nc')).stdout;
};

const taggedFile = (name: string, body: Buffer, type?: string) => {
  const strings = (...values: string[]) => values.map((value) => `${Buffer.byteLength(value)}:${value},`).join('');
  const inner = strings('hostname', 'old', 'filename', name, ...(type ? ['filetype', type] : []));
  return Buffer.concat([Buffer.from(`${Buffer.byteLength(inner)}:${inner}}${body.length}:`), body, Buffer.from(',')]);
};

test('with --legacy, tagged netstrings and paths sent by nc are shown, and a warning is printed', async () => {
  const server = await startServer([...RUN, '--legacy']);
  expect(server.stderr()).toMatch(/^wp: recv accepts the protocol of 2014 from this user .*--legacy/m);
  expect(server.stderr()).toMatch(/^wp: xrender accepts paths in the protocol of 2014 on loopback.*--legacy/m);
  const viewer = await watch(server);
  const bytes = Buffer.from([0, 255, 10, 13, 44, 58]);
  await nc(recvPort(server), '19:8:filename,5:a.txt,}5:hello,');
  await nc(recvPort(server), taggedFile('é b.csv', Buffer.from('x,y\n1,2\n')));
  await nc(recvPort(server), taggedFile('../../odd', bytes, 'bin'));
  const path = join(server.dir, 'by path.txt');
  writeFileSync(path, 'by path');
  await nc(server.port, `${path}\n`);
  await viewer.entry('the last', ({ n, status }) => n === 4 && status === 'ok');
  const entries = readEntries(server.dir, server.scroll);
  expect(entries).toMatchObject([
    { name: 'a.txt', type: 'txt' },
    { name: 'é b.csv', type: 'csv', host: 'old' },
    { name: '../../odd', type: 'bin', host: 'old' },
    { name: 'by path.txt' },
  ]);
  expect(sourceOf(server.dir, server.scroll, entries[2]?.id ?? '').equals(bytes)).toBe(true);
});

test('without --legacy, such clients get an error of one line, and nothing is shown', async () => {
  const server = await startServer(RUN);
  const answer = await nc(recvPort(server), '19:8:filename,5:a.txt,}5:hello,');
  expect(answer).toMatch(/^\{"kind":"error","message":"[^\n]*--legacy[^\n]*"\}\n$/);
  expect(readEntries(server.dir, server.scroll)).toEqual([]);
});

test.skipIf(process.getuid?.() !== 0)('another user cannot send in this protocol', async () => {
  const server = await startServer([...RUN, '--legacy']);
  expect(await nc(recvPort(server), '19:8:filename,5:a.txt,}5:hello,', 65534)).toContain('only its own user');
  expect(readEntries(server.dir, server.scroll)).toEqual([]);
});
