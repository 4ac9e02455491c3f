import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readEntries, spooled } from '../support/disk.ts';
import { dial, newId } from '../support/raw.ts';
import { watch } from '../support/viewer.ts';
import { sh, startServer, tempDir, until, within } from '../support/wp.ts';

test('200 files shown one after another keep their order', async () => {
  const server = await startServer();
  const viewer = await watch(server);
  const cwd = tempDir();
  const line = 'i=1; while [ $i -le 200 ]; do echo "number $i" >$i.txt; wp show $i.txt || exit 1; i=$((i+1)); done';
  const ended = await sh(line, { dir: server.dir, cwd });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const urls = ended.stdout.trimEnd().split('\n');
  expect(urls.map((url) => Number(url.split('#')[1]))).toEqual(urls.map((_, i) => i + 1));
  expect(urls).toHaveLength(200);
  await until(
    'all entries in the viewer',
    () => viewer.entries().filter(({ status }) => status === 'ok').length === 200,
  );
  expect(viewer.entries().map(({ name }) => name)).toEqual(urls.map((_, i) => `${i + 1}.txt`));
});

test('100 files shown at once are neither lost nor duplicated', async () => {
  const server = await startServer();
  const viewer = await watch(server);
  const cwd = tempDir();
  const line = 'i=1; while [ $i -le 100 ]; do echo "number $i" >$i.txt; wp show $i.txt & i=$((i+1)); done; wait';
  const ended = await sh(line, { dir: server.dir, cwd });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const numbers = ended.stdout
    .trimEnd()
    .split('\n')
    .map((url) => Number(url.split('#')[1]));
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  await until(
    'all entries in the viewer',
    () => viewer.entries().filter(({ status }) => status === 'ok').length === 100,
  );
  expect(new Set(viewer.entries().map(({ name }) => name)).size).toBe(100);
  await until('an empty spool', () => spooled(server.dir).length === 0);
  expect(readEntries(server.dir, server.scroll)).toHaveLength(100);
});

test('1000 files on one connection keep their order', async () => {
  const server = await startServer();
  const file = join(tempDir(), 'a.txt');
  writeFileSync(file, 'text\n');
  const peer = await dial(server.socket);
  const ids = Array.from({ length: 1000 }, newId);
  for (const id of ids) peer.send({ kind: 'file', id, path: file });
  peer.send({ kind: 'end' });
  const answers = await within(peer.closed, 'all answers');
  expect(answers.filter(({ kind }) => kind === 'ack')).toHaveLength(1000);
  expect(readEntries(server.dir, server.scroll).map(({ id }) => id)).toEqual(ids);
});
