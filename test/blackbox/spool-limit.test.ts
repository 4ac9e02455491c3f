/**
 * The spool limit: a file that does not fit is refused with the reason, leaves nothing on disk, and is accepted when
 * space is free.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readEntries, sourceOf, spooled } from '../support/disk.ts';
import { type Answer, dial, dialWhenListening, newId } from '../support/raw.ts';
import { tarOf } from '../support/tar.ts';
import { type Server, startServer, startWp, tempDir, until, waitForFilePort, within, wp } from '../support/wp.ts';

const BODY = Buffer.alloc(60_000, 'x');
const FULL = /spool: full, 60 kB of 100 kB in use; .*--spool-limit/;

/** Starts a server with a plugin `wait` that ends when the file `go` exists in its directory. */
async function startWithWaitingPlugin(): Promise<Server & { readonly release: () => void }> {
  const dir = tempDir();
  mkdirSync(join(dir, 'plugins/wait'), { recursive: true });
  const script = `#!/bin/sh\nwhile [ ! -e '${dir}/go' ]; do sleep 0.05; done\ncat "$1" >"$2.html"\n`;
  writeFileSync(join(dir, 'plugins/wait/render'), script, { mode: 0o755 });
  const server = await startServer(['run', '--spool-limit', '100k'], { dir });
  return { ...server, release: () => writeFileSync(join(dir, 'go'), '') };
}

/** The names of all spool items that belong to an id. */
function itemsOf(dir: string, id: string): string[] {
  return spooled(dir).filter((path) => path.includes(id));
}

test('wp run: a file that does not fit is refused, leaves nothing, and is accepted when there is space', async () => {
  const server = await startWithWaitingPlugin();
  const peer = await dial(server.port);
  const [first, second] = [newId(), newId()];
  peer.send({ kind: 'file', id: first, name: 'a.wait', length: BODY.length }, BODY);
  expect((await peer.waitForAnswers(1))[0]).toMatchObject({ kind: 'ack', id: first, n: 1 });
  peer.send({ kind: 'file', id: second, name: 'b.wait', length: BODY.length }, BODY);
  const [, refusal] = await peer.waitForAnswers(2);
  expect(refusal).toMatchObject({ kind: 'error', id: second, message: expect.stringMatching(FULL) as string });
  expect(itemsOf(server.dir, second)).toEqual([]);
  expect(readEntries(server.dir, server.scroll)).toHaveLength(1);
  // By reference, as `wp show` sends it, and as a stream.
  const file = join(tempDir(), 'c.wait');
  writeFileSync(file, BODY);
  const shown = await wp(['show', file], { dir: server.dir });
  expect(shown).toMatchObject({ code: 1, stdout: '' });
  expect(shown.stderr).toMatch(/^wp: .*spool: full, 60 kB of 100 kB in use; .*\n$/);
  // A small file still fits.
  peer.send({ kind: 'file', id: newId(), name: 'small.txt', length: 2 }, 'hi');
  expect((await peer.waitForAnswers(3))[2]).toMatchObject({ kind: 'ack' });
  server.release();
  await until('an empty spool', () => spooled(server.dir).length === 0);
  peer.send({ kind: 'file', id: second, name: 'b.wait', length: BODY.length }, BODY, { kind: 'end' });
  const answers = await within(peer.closed, 'the last answer');
  expect(answers.at(-1)).toMatchObject({ kind: 'ack', id: second });
  await until(
    'the page',
    () => readEntries(server.dir, server.scroll).find((one) => one.id === second)?.status === 'ok',
  );
  expect(sourceOf(server.dir, server.scroll, second).equals(BODY)).toBe(true);
});

test('a file larger than the limit is refused with both sizes', async () => {
  const server = await startServer(['run', '--spool-limit', '50k']);
  const file = join(tempDir(), 'a.txt');
  writeFileSync(file, BODY);
  const shown = await wp(['show', file], { dir: server.dir });
  expect(shown.code).toBe(1);
  // A file takes slightly more space on disk than its size.
  expect(shown.stderr).toMatch(/^wp: .*spool: it has 6\d kB, and the spool holds at most 50 kB; .*--spool-limit\n$/);
  expect(spooled(server.dir)).toEqual([]);
});

test('an upload that does not fit is refused with status 507', async () => {
  const server = await startServer(['run', '--spool-limit', '50k']);
  const [name = '', value = ''] = (await wp(['token', '--header'], { dir: server.dir })).stdout.trim().split(': ');
  const url = `http://localhost:${server.httpPort}/api/scrolls/current/entries?name=a.txt`;
  const response = await fetch(url, { method: 'POST', headers: { [name]: value }, body: BODY });
  expect(response.status).toBe(507);
  expect(await response.json()).toEqual({ error: expect.stringContaining('the spool holds at most 50 kB') });
  expect(spooled(server.dir)).toEqual([]);
});

test('for a stream that does not fit, the entry shows the error and the sender gets it', async () => {
  const server = await startServer(['run', '--spool-limit', '100k']);
  const peer = await dial(server.port);
  const id = newId();
  peer.send({ kind: 'file', id, name: 'x.txt', open: true });
  for (let i = 0; i < 3; i++) peer.send({ kind: 'more', id, length: BODY.length }, BODY);
  peer.send({ kind: 'end', id }, { kind: 'end' });
  const answers = await within(peer.closed, 'the answers');
  expect(answers.map(({ kind }) => kind)).toEqual(['ack', 'error']);
  expect(answers[1]?.message).toMatch(/spool: full, \d+ kB of 100 kB in use/);
  const [entry] = await until('the entry', () => {
    const all = readEntries(server.dir, server.scroll);
    return all[0]?.status === 'failed' && all;
  });
  expect(entry?.error).toMatch(/spool: full/);
  await until('an empty spool', () => spooled(server.dir).length === 0);
  const shown = await wp(['show'], { dir: server.dir, input: 'fits again\n' });
  expect(shown).toMatchObject({ code: 0, stderr: '' });
});

test('a stream that fills the spool is ended, and other files are accepted again', async () => {
  const server = await startServer(['run', '--spool-limit', '100k']);
  const peer = await dial(server.port);
  const id = newId();
  const piece = `${'x'.repeat(29_999)}\n`;
  peer.send({ kind: 'file', id, name: 'x.txt', open: true });
  peer.send({ kind: 'more', id, length: piece.length }, piece);
  await until('the open entry', () => readEntries(server.dir, server.scroll)[0]?.status === 'open');
  for (let i = 0; i < 3; i += 1) peer.send({ kind: 'more', id, length: piece.length }, piece);
  // The stream is still open at its sender.
  const [, refusal] = await peer.waitForAnswers(2);
  expect(refusal).toMatchObject({ kind: 'error', id, message: expect.stringMatching(/spool: full/) as string });
  expect(refusal).not.toHaveProperty('final');
  await until('the failed entry', () => readEntries(server.dir, server.scroll)[0]?.status === 'failed');
  expect(sourceOf(server.dir, server.scroll, id).length).toBeGreaterThanOrEqual(3 * piece.length);
  await until('an empty spool', () => spooled(server.dir).length === 0);
  const other = await dial(server.port);
  other.send({ kind: 'file', id: newId(), name: 'b.txt', length: 90_000 }, 'x'.repeat(90_000), { kind: 'end' });
  expect(await within(other.closed, 'the answer')).toMatchObject([{ kind: 'ack' }]);
  peer.send({ kind: 'end', id }, { kind: 'end' });
  const answers = await within(peer.closed, 'the answers');
  expect(answers.slice(2)).toEqual([refusal]);
});

test('a stream that fills the spool of another machine fails, and its sender gets the error', async () => {
  const far = await startServer(['run']);
  const dir = tempDir();
  const [entries, recv] = [join(dir, 'entries'), join(dir, 'recv')];
  startWp(['recv', '--listen', `unix:${recv}`, '--to', `unix:${far.socket}`, '--spool-limit', '100k'], {
    dir: far.dir,
  });
  startWp(['send', '--listen', `unix:${entries}`, '--to', `unix:${recv}`], { dir });
  startWp(['xrender', '--listen', '0', '--to', `unix:${entries}`], { dir });
  await waitForFilePort(dir);
  const show = startWp(['show'], { dir, input: 'open' });
  show.child.stdin?.write('first\n');
  await until('the open entry', () => readEntries(far.dir, far.scroll)[0]?.status === 'open');
  const [{ id } = { id: '' }] = readEntries(far.dir, far.scroll);
  await until('the end of wp show', () => {
    if (show.child.stdin?.writableLength === 0) show.child.stdin.write(`${'x'.repeat(9999)}\n`);
    return show.child.exitCode !== null;
  });
  const { code, stderr } = await within(show.ended, 'the end of wp show');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^wp: [^\n]*spool: full[^\n]*\n$/);
  expect(itemsOf(far.dir, id).filter((path) => path.endsWith('.live'))).toEqual([]);
});

test('an open entry that is refused leaves nothing in the spool of recv', async () => {
  const dir = tempDir();
  const socket = join(dir, 'in');
  startWp(['recv', '--listen', `unix:${socket}`, '--spool-limit', '100k'], { dir });
  await dialWhenListening(socket).then((peer) => peer.socket.destroy());
  const refusals: Answer[] = [];
  // Each entry fits only if the one before is no longer counted.
  for (const names of [
    (id: string) => [`${id}.html`],
    (id: string) => [`${id}.html`, `${id}/source/folder/a.txt`],
    (id: string) => [`${id}.html/a.txt`],
    (id: string) => [`${id}.html`, id],
  ]) {
    const peer = await dial(socket);
    const id = newId();
    const body = tarOf(names(id), 'x'.repeat(60_000 / names(id).length));
    const record = { kind: 'entry', id, status: 'open', name: 'a', archive: 'tar', length: body.length };
    peer.send(record, body, { kind: 'end' });
    refusals.push(...(await within(peer.closed, 'the answer')));
  }
  expect(refusals.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^entry: it is open and has no original; /),
    expect.stringMatching(/^entry: it is open and has no original; /),
    expect.stringMatching(/^entry: its archive is to hold /),
    expect.stringMatching(/^entry: its archive is to hold /),
  ]);
  expect(spooled(dir)).toEqual([]);
});

test('an open entry counts as long as it is in the spool of recv', async () => {
  const dir = tempDir();
  const socket = join(dir, 'in');
  startWp(['recv', '--listen', `unix:${socket}`, '--spool-limit', '100k'], { dir });
  const peer = await dialWhenListening(socket);
  const [first, second] = [newId(), newId()];
  for (const id of [first, second]) {
    const body = tarOf([`${id}.html`, `${id}/source/a.txt`], 'x'.repeat(30_000));
    peer.send({ kind: 'entry', id, status: 'open', name: 'a', archive: 'tar', length: body.length }, body);
  }
  const refusal = await until('the refusal', () => peer.answers().find(({ id }) => id === second));
  expect(refusal).toMatchObject({ kind: 'error', message: expect.stringMatching(/^spool: full/) as string });
});

test('wp recv refuses files while its spool is full, also after a restart, and accepts them when files were taken over', async () => {
  const dir = tempDir();
  const cwd = tempDir();
  for (const name of ['a.txt', 'b.txt']) writeFileSync(join(cwd, name), BODY);
  const start = async () => {
    const recv = startWp(['recv', '--listen', 'unix:in', '--spool-limit', '100k'], { dir });
    await dialWhenListening(join(dir, 'in')).then((peer) => peer.socket.destroy());
    return recv;
  };
  const sendFile = (name: string) => wp(['send', name, '--to', `unix:${join(dir, 'in')}`], { dir: tempDir(), cwd });
  let recv = await start();
  expect(await sendFile('a.txt')).toMatchObject({ code: 0, stderr: '' });
  const refused = await sendFile('b.txt');
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(/^wp: spool: full, 60 kB of 100 kB in use; [^\n]*\n$/);
  expect(spooled(dir).filter((path) => path.endsWith('b.txt'))).toEqual([]);
  await recv.end();
  recv = await start();
  expect((await sendFile('b.txt')).stderr).toMatch(/^wp: spool: full, 6\d kB of 100 kB in use/);
  // The next stages take over the files that recv had emitted.
  const line = await until('the first record', () => recv.stdout().split('\n')[0]);
  const nextStage = startWp(['serve', 'taken', '--http-port', '0'], { dir, input: 'open' });
  const rendered = await wp(['xrender'], { dir, input: `${line}\n` });
  expect(rendered.code).toBe(0);
  nextStage.child.stdin?.write(rendered.stdout);
  await until('an empty spool', () => spooled(dir).length === 0);
  expect(await sendFile('b.txt')).toMatchObject({ code: 0, stderr: '' });
});

test('wp send refuses an archive that does not fit, and leaves nothing', async () => {
  const server = await startServer(['run']);
  const [dir, cwd] = [tempDir(), tempDir()];
  mkdirSync(join(cwd, 'folder'));
  for (const name of ['a', 'b']) writeFileSync(join(cwd, 'folder', name), BODY);
  const to = ['--to', `unix:${server.socket}`];
  const refused = await wp(['send', 'folder', ...to, '--spool-limit', '100k'], { dir, cwd });
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(/^wp: spool: it has 12\d kB, and the spool holds at most 100 kB; [^\n]*\n$/);
  expect(existsSync(join(dir, 'spool')) ? readdirSync(join(dir, 'spool')) : []).toEqual([]);
  expect(await wp(['send', 'folder', ...to, '--spool-limit', '200k'], { dir, cwd })).toMatchObject({ code: 0 });
});

test('an invalid size is a usage error', async () => {
  for (const command of ['run', 'run-recv', 'start', 'recv', 'xrender', 'send']) {
    const { code, stderr } = await wp([command, '--spool-limit', 'much'], { dir: tempDir() });
    expect({ command, code }).toEqual({ command, code: 2 });
    expect(stderr).toContain('A size is a number of bytes');
  }
});
