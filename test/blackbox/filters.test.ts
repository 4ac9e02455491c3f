import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pageOf, readEntries, sourceOf, spooled } from '../support/disk.ts';
import { dial, dialWhenListening, newId } from '../support/raw.ts';
import { watch } from '../support/viewer.ts';
import {
  type Ended,
  type Process,
  ready,
  root,
  sh,
  start,
  startServer,
  startWp,
  tempDir,
  until,
  waitForFilePort,
  within,
  wp,
} from '../support/wp.ts';

/** Starts a line of sh in which `wp` is the wp under test. */
function startLine(line: string, dir: string, cwd = dir): Process {
  return start('sh', ['-c', `wp() { node '${root}/dist/wp.js' "$@"; }\n${line}`], { dir, cwd });
}

/** Ends all processes of a pipeline like Ctrl-C. */
async function interrupt(line: Process): Promise<Ended> {
  process.kill(-line.pid, 'SIGINT');
  return within(line.ended, `the end of the pipeline: ${line.stderr()}`);
}

test('a listening xrender piped into serve accepts files from wp show', async () => {
  const dir = tempDir();
  const line = startLine('wp xrender --listen 0 | wp serve --http-port 0', dir);
  const server = await ready(line, dir);
  await waitForFilePort(dir);
  const viewer = await watch(server);
  const file = join(dir, 'a.txt');
  writeFileSync(file, 'through two processes\n');
  const shown = await wp(['show', file, file], { dir });
  expect(shown).toMatchObject({ code: 0, stderr: '' });
  expect(shown.stdout.trim().split('\n')).toHaveLength(2);
  const entry = await viewer.entry('the second', ({ n, status }) => n === 2 && status === 'ok');
  expect(await viewer.page(entry)).toContain('through two processes');
  const piped = await sh('(echo a; sleep 1; echo b) | wp show', { dir });
  expect(piped).toMatchObject({ code: 0, stderr: '' });
  const live = await viewer.entry('the stream', ({ n, status }) => n === 3 && status === 'ok');
  expect(sourceOf(dir, server.scroll, live.id).toString()).toBe('a\nb\n');
  await until('an empty spool', () => spooled(dir).length === 0);
  await interrupt(line);
});

test('the file of a stream stays in the spool of xrender until it is taken over, even after the stream has ended', async () => {
  const dir = tempDir();
  const xrender = startWp(['xrender', '--listen', '0'], { dir, input: 'open' });
  const socket = await until('xrender', () =>
    (existsSync(join(dir, 'run')) ? readdirSync(join(dir, 'run')) : []).find((name) => name.endsWith('.sock')),
  );
  const receivedNames = () =>
    xrender
      .stdout()
      .split('\n')
      .slice(0, -1)
      .map((text) => JSON.parse(text) as { kind: string; id?: string; status?: string; page?: string });
  const entry = (id: string, status: string) =>
    until(`an entry that is ${status}`, () =>
      receivedNames().find((record) => record.id === id && record.status === status),
    );
  const original = (page = '') => readFileSync(join(page.replace(/\.html$/, ''), 'source/stream'), 'utf8');
  const peer = await dialWhenListening(join(dir, 'run', socket));
  const [id, empty] = [newId(), newId()];
  let start = performance.now();
  peer.send({ kind: 'file', id: empty, name: 'empty', type: 'txt', open: true });
  await entry(empty, 'open');
  const emptyTime = performance.now() - start;
  start = performance.now();
  peer.send({ kind: 'file', id, name: 'stream', type: 'txt', open: true }, { kind: 'more', id, length: 6 }, 'first\n');
  const open = await entry(id, 'open');
  // A stream gets its page after the first bytes.
  expect(performance.now() - start).toBeLessThan(emptyTime);
  peer.send(
    { kind: 'more', id, length: 5 },
    'last\n',
    { kind: 'end', id },
    { kind: 'end', id: empty },
    { kind: 'end' },
  );
  const done = await entry(id, 'ok');
  for (const { page } of [open, done]) {
    expect(readFileSync(page ?? '', 'utf8')).toContain('first');
    expect(original(page)).toBe('first\nlast\n');
  }
  expect(await xrender.end()).toMatchObject({ code: 0 });
});

test('as a filter xrender writes one line per file, in order, and serve adds them to the scroll', async () => {
  const dir = tempDir();
  const cwd = tempDir();
  const names = Array.from({ length: 30 }, (_, i) => `${String(i).padStart(2, '0')}.txt`);
  for (const name of names) writeFileSync(join(cwd, name), `this is ${name}\n`);
  const line = startLine('ls *.txt | wp xrender | tee seen.ndjson | wp serve filtered --http-port 0', dir, cwd);
  const server = await ready(line, dir);
  const viewer = await watch(server);
  await until('all entries', () => viewer.entries().filter(({ status }) => status === 'ok').length === names.length);
  await interrupt(line);
  const records = readFileSync(join(cwd, 'seen.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text) as { kind: string; name: string; status: string; page: string });
  expect(records.filter(({ status }) => status === 'ok').map(({ name }) => name)).toEqual(names);
  expect(records.every(({ kind }) => kind === 'entry')).toBe(true);
  expect(readEntries(dir, 'filtered').map(({ name }) => name)).toEqual(names);
});

test('jq between two stages can select entries', async () => {
  const dir = tempDir();
  const cwd = tempDir();
  for (const name of ['a.txt', 'b.csv', 'c.txt']) writeFileSync(join(cwd, name), 'x,y\n1,2\n');
  const choose = `jq -c --unbuffered 'select(.type == "csv")'`;
  const line = startLine(`ls | wp xrender | ${choose} | wp serve chosen --http-port 0`, dir, cwd);
  const server = await ready(line, dir);
  const viewer = await watch(server);
  await viewer.entry('the table', ({ status }) => status === 'ok');
  await interrupt(line);
  expect(readEntries(dir, 'chosen').map(({ name }) => name)).toEqual(['b.csv']);
});

test('the type of a file named .json is detected from its first bytes, also after recv', async () => {
  const dir = tempDir();
  const map =
    '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]}}]}';
  const file = JSON.stringify({ kind: 'file', name: 'a.json', length: map.length });
  writeFileSync(join(dir, 'bundle'), `{"kind":"hello","version":1}\n${file}\n${map}{"kind":"end"}\n`);
  const line = startLine('wp recv < bundle | wp xrender', dir);
  const { stdout, code } = await within(line.ended, 'the entry');
  const [recordLine = ''] = stdout.split('\n').filter((text) => text.includes('"kind":"entry"'));
  const entry = JSON.parse(recordLine) as { type: string; page: string };
  expect({ code, type: entry.type }).toEqual({ code: 0, type: 'json' });
  expect(readFileSync(entry.page, 'utf8')).toContain('1 feature');
});

test('xrender exits at the end of its input and prints the names of refused files', async () => {
  const dir = tempDir();
  writeFileSync(join(dir, 'a b.txt'), 'text\n');
  const input = 'a b.txt\nnowhere.txt\n{"kind":"file","path":"a b.txt","title":"again"}\n';
  const ended = await wp(['xrender'], { dir, input });
  const records = ended.stdout
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text) as Record<string, unknown>);
  const done = records.filter(({ status }) => status === 'ok');
  expect(done).toMatchObject([{ name: 'a b.txt' }, { name: 'a b.txt', title: 'again' }]);
  for (const { page } of done) expect(readFileSync(String(page), 'utf8')).toContain('text');
  expect(ended.stderr).toMatch(/^wp: .*nowhere\.txt: there is no such file; .+\n$/);
});

test('a filter does not emit files that an earlier run left in its spool', async () => {
  const dir = tempDir();
  for (let i = 0; i < 5; i++) writeFileSync(join(dir, `${i}.txt`), `text ${i}\n`);
  const ended = await sh('ls *.txt | wp xrender | true', { dir });
  expect(ended.code).toBe(0);
  expect((await sh('ls *.txt | wp xrender | wc -l', { dir })).stdout.trim()).toBe('5');
  expect((await wp(['xrender'], { dir, input: '' })).stdout).toBe('');
});

test('the spool of a filter that has ended is removed after a week; that of a running filter is not', async () => {
  const dir = tempDir();
  const recv = startWp(['recv'], { dir, input: 'open' });
  const spool = await until('the spool of recv', () => {
    const path = join(dir, 'spool', `filter-${recv.pid}`);
    return existsSync(join(path, '.lock')) && path;
  });
  const leftBehind = join(dir, 'spool/filter-999999999');
  mkdirSync(leftBehind);
  const eightDaysAgo = Date.now() / 1000 - 8 * 24 * 3600;
  for (const path of [spool, leftBehind]) utimesSync(path, eightDaysAgo, eightDaysAgo);
  const file = join(dir, 'a.txt');
  writeFileSync(file, 'after a quiet week');
  const sent = await wp(['send', file], { dir });
  expect(existsSync(leftBehind)).toBe(false);
  recv.child.stdin?.end(sent.stdout);
  const receivedRecords = await within(recv.ended, 'the end of recv');
  expect(receivedRecords).toMatchObject({ code: 0, stderr: '' });
  const { path } = JSON.parse(receivedRecords.stdout) as { path: string };
  expect(readFileSync(path, 'utf8')).toBe('after a quiet week');
});

test('files that no stage takes over are emitted at each start for a week and then removed', async () => {
  const dir = tempDir();
  const keptFiles = join(dir, 'spool/recv-unix_in');
  /** Starts recv with no stage behind it, and returns the names in its output when there are `count`. */
  const names = async (count: number, files: readonly string[] = []) => {
    const recv = startWp(['recv', '--listen', 'unix:in'], { dir });
    await until('recv', () => existsSync(join(dir, 'in')));
    for (const name of files) {
      writeFileSync(join(dir, name), name);
      expect(await wp(['send', '--to', 'unix:in', name], { dir })).toMatchObject({ code: 0, stderr: '' });
    }
    const receivedNames = () => recv.stdout().split('\n').slice(0, -1);
    await until(`${count} files`, () => receivedNames().length === count);
    await recv.end();
    return receivedNames().map((line) => (JSON.parse(line) as { name: string }).name);
  };
  expect(await names(1, ['old.txt'])).toEqual(['old.txt']);
  // A file is emitted again, however old it is.
  const eightDaysAgo = Date.now() - 8 * 24 * 3600_000;
  for (const name of readdirSync(keptFiles))
    utimesSync(join(keptFiles, name), eightDaysAgo / 1000, eightDaysAgo / 1000);
  expect(await names(2, ['new.txt'])).toEqual(['old.txt', 'new.txt']);
  const leftBehind = readFileSync(join(keptFiles, '.left'), 'utf8');
  writeFileSync(join(keptFiles, '.left'), leftBehind.replace(/\d+$/m, String(eightDaysAgo)));
  expect(await names(1)).toEqual(['new.txt']);
  const files = spooled(dir).map((path) => path.split('/').pop());
  expect(files.sort()).toEqual([expect.stringMatching(/\.json$/), 'new.txt']);
});

test('a filter that refuses a file prints its name, emits the other files and exits with status 1', async () => {
  const dir = tempDir();
  writeFileSync(join(dir, 'there.txt'), 'text\n');
  const { code, stdout, stderr } = await sh('printf "there.txt\nnot.txt\n" | wp xrender', { dir });
  expect(code).toBe(1);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain('not.txt: there is no such file');
});

test('answers travel back through stages joined by sockets, and a stage reads several inputs at once', async () => {
  const dir = tempDir();
  const sockets = tempDir();
  const server = await startServer(['serve', 'chain', '--listen', `unix:${join(sockets, 'entries')}`], { dir });
  const to = ['--to', `unix:${join(sockets, 'entries')}`];
  const files = ['--listen', '0', '--listen', `unix:${join(sockets, 'files')}`];
  const xrender = startWp(['xrender', ...files, ...to], { dir, input: 'open' });
  await waitForFilePort(dir);
  expect(readdirSync(join(dir, 'run')).filter((name) => name.endsWith('.sock'))).toHaveLength(1);
  for (const name of ['a.txt', 'b.txt', 'c.txt']) writeFileSync(join(dir, name), `${name}\n`);
  const shown = await wp(['show', 'a.txt'], { dir, cwd: dir });
  expect(shown).toMatchObject({ code: 0, stdout: `http://localhost:${server.httpPort}/s/chain/#1\n`, stderr: '' });
  const peer = await dialWhenListening(join(sockets, 'files'));
  peer.send({ kind: 'file', id: newId(), path: join(dir, 'b.txt') }, { kind: 'end' });
  expect(await within(peer.closed, 'the answer')).toMatchObject([{ kind: 'ack', n: 2 }]);
  xrender.child.stdin?.write(`${join(dir, 'c.txt')}\n`);
  const viewer = await watch(server);
  await viewer.entry('the third', ({ n, name, status }) => n === 3 && name === 'c.txt' && status === 'ok');
  // The next stage is stopped and restarted.
  await server.end();
  const pending = wp(['show', 'a.txt'], { dir, cwd: dir });
  await until('the message that xrender tries again', () => xrender.stderr().includes('it is tried again'));
  const ports = ['--http-port', String(server.httpPort), '--listen', `unix:${join(sockets, 'entries')}`];
  const restarted = await startServer(['serve', 'chain', ...ports], { dir });
  expect(await pending).toMatchObject({ code: 0, stdout: `http://localhost:${server.httpPort}/s/chain/#4\n` });
  expect(await xrender.end()).toMatchObject({ code: 0 });
  expect(await restarted.end()).toMatchObject({ code: 0 });
  await until('an empty spool', () => spooled(dir).length === 0);
});

test('a listening serve accepts rendered entries', async () => {
  const dir = tempDir();
  const elsewhere = tempDir();
  const port = await startServer(['run', 'probe']).then(async (probe) => {
    await probe.end();
    return probe.port;
  });
  const server = await startServer(['serve', 'ready', '--listen', String(port)], { dir });
  const viewer = await watch(server);
  const id = newId();
  const page = join(elsewhere, `${id}.html`);
  writeFileSync(page, '<!doctype html><title>mine</title><p>rendered elsewhere</p>\n');
  const peer = await dial(port);
  peer.send({ kind: 'entry', id, page, name: 'mine', type: 'html' }, { kind: 'entry', id, page });
  peer.send(
    { kind: 'file', id: newId(), path: page },
    { kind: 'entry', id: newId(), page: join(elsewhere, 'nowhere.html') },
  );
  peer.send({ kind: 'end' });
  const answers = await within(peer.closed, 'answers');
  expect(answers.map(({ kind }) => kind).sort()).toEqual(['ack', 'ack', 'error', 'error']);
  const entry = await viewer.entry('the entry', (entry) => entry.id === id && entry.status === 'ok');
  expect(await viewer.page(entry)).toContain('rendered elsewhere');
  // A page outside of the directory is copied.
  expect(readFileSync(page, 'utf8')).toBe(pageOf(dir, 'ready', id));
  expect(await server.end()).toMatchObject({ code: 0 });
});

test('send discards previews; serve shows a preview until the complete entry replaces it', async () => {
  const dir = tempDir();
  const elsewhere = tempDir();
  const id = newId();
  const page = join(elsewhere, `${id}.html`);
  writeFileSync(page, '<!doctype html><title>mine</title><p>the beginning</p>\n');
  const preview = { kind: 'entry', id, page, name: 'mine', type: 'html', status: 'preview', colour: 'blue' };
  const lines = [preview, { ...preview, status: 'accepted' }].map((record) => `${JSON.stringify(record)}\n`);
  const sent = await wp(['send'], { dir, input: lines.join('') });
  expect(sent).toMatchObject({ code: 0, stderr: '' });
  const records = sent.stdout.trimEnd().split('\n');
  expect(records.map((line) => JSON.parse(line) as unknown)).toEqual([
    { kind: 'entry', id, name: 'mine', type: 'html', status: 'accepted', colour: 'blue' },
  ]);
  const server = await startServer(['serve', 'previews', '--listen', 'unix:in'], { dir });
  const viewer = await watch(server);
  const peer = await dialWhenListening(join(dir, 'in'));
  peer.send(preview);
  expect(await peer.waitForAnswers(1)).toMatchObject([{ kind: 'ack', id, n: 1 }]);
  await viewer.entry('the preview', (entry) => entry.id === id && entry.status === 'preview');
  writeFileSync(page, '<!doctype html><title>mine</title><p>all of it</p>\n');
  peer.send({ ...preview, status: 'ok' }, { kind: 'end' });
  expect(await within(peer.closed, 'the answers')).toMatchObject([{ n: 1 }, { kind: 'ack', id, n: 1 }]);
  await viewer.entry('the complete entry', (entry) => entry.id === id && entry.status === 'ok');
  expect(pageOf(dir, 'previews', id)).toContain('all of it');
  expect(await server.end()).toMatchObject({ code: 0 });
});

test('recv passes a preview on with its page, and keeps only the complete entry for a restart', async () => {
  const dir = tempDir();
  const home = tempDir();
  const id = newId();
  const tar = (text: string) => {
    writeFileSync(join(home, `${id}.html`), `<!doctype html><title>a</title><p>${text}</p>\n`);
    execFileSync('tar', ['cf', join(home, 'entry.tar'), '-C', home, `${id}.html`]);
    return readFileSync(join(home, 'entry.tar'));
  };
  const entry = (status: string, body: Buffer) => [
    { kind: 'entry', id, name: 'a', type: 'html', status, archive: 'tar', length: body.length },
    body,
  ];
  const start = () => startWp(['recv', '--listen', 'unix:in'], { dir });
  const recv = start();
  const peer = await dialWhenListening(join(dir, 'in'));
  const receivedNames = (from: Process) =>
    from
      .stdout()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { status: string; page: string });
  peer.send(...entry('preview', tar('the beginning')));
  await peer.waitForAnswers(1);
  const [preview] = await until('the preview', () => receivedNames(recv).length === 1 && receivedNames(recv));
  expect(preview).toMatchObject({ status: 'preview' });
  expect(readFileSync(preview?.page ?? '', 'utf8')).toContain('the beginning');
  peer.send(...entry('ok', tar('all of it')), { kind: 'end' });
  await within(peer.closed, 'the answer');
  await recv.end();
  const again = start();
  const [complete] = await until(
    'the entry that recv kept',
    () => receivedNames(again).length > 0 && receivedNames(again),
  );
  expect(complete).toMatchObject({ status: 'ok' });
  expect(readFileSync(complete?.page ?? '', 'utf8')).toContain('all of it');
  expect(await again.end()).toMatchObject({ code: 0 });
  expect(receivedNames(again)).toHaveLength(1);
});
