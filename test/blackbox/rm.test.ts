/** Deletion: `wp rm`, the HTTP API, and what is left on disk. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { diskStore } from '../../src/node/store/disk-store.ts';
import type { Entry } from '../../src/shared/entry.ts';
import { readEntries, readJournal, spooled } from '../support/disk.ts';
import { dial, dialWhenListening, newId } from '../support/raw.ts';
import { type Answer, http, login, watch } from '../support/viewer.ts';
import {
  type Process,
  type Server,
  startServer,
  startWp,
  tempDir,
  until,
  waitForFilePort,
  within,
  wp,
} from '../support/wp.ts';

/** The paths of all files below a directory whose path or contents contain `text`. */
function mentions(dir: string, text: string): string[] {
  const items = readdirSync(dir, { recursive: true, withFileTypes: true });
  return items.flatMap((item) => {
    const path = join(item.parentPath, item.name);
    const isMentioned = path.includes(text) || (item.isFile() && readFileSync(path).includes(text));
    return isMentioned ? [path] : [];
  });
}

/** Returns a marker that occurs nowhere else. */
function newMarker(): string {
  return `m${newId()}`;
}

/** Shows files with these contents, and waits until they are rendered and the spools are empty. */
async function showAll(server: Server, contents: readonly string[], name = 'a.txt', title?: string): Promise<void> {
  const folder = tempDir();
  for (const content of contents) {
    writeFileSync(join(folder, name), content);
    const titled = title === undefined ? [] : ['--title', title];
    const { dir, port } = server;
    const shown = await wp(['show', ...titled, join(folder, name)], {
      dir,
      env: { WEBPIPE_XRENDER_PORT: String(port) },
    });
    expect(shown).toMatchObject({ code: 0, stderr: '' });
  }
  await until('all rendered entries', () => {
    if (spooled(server.dir).length > 0) return false;
    return readEntries(server.dir, server.scroll).every(({ status, deleted }) => status === 'ok' || deleted);
  });
}

async function listed(dir: string, scroll: string): Promise<Entry[]> {
  return JSON.parse((await wp(['ls', scroll, '--json'], { dir })).stdout) as Entry[];
}

/** Sends a request about an entry as the owner of the server. */
async function request(server: Server, method: string, path: string): Promise<Answer> {
  const headers = { Authorization: `Bearer ${await login(server)}` };
  return http(server, `/api/scrolls/${path}`, { method, headers });
}

test('wp rm removes name, title and content from the directory while a server runs', async () => {
  const server = await startServer(['run', 'mine']);
  const [marker, otherMarker] = [newMarker(), newMarker()];
  await showAll(server, [otherMarker], 'other.txt');
  await showAll(server, [marker], `${marker}.txt`, `title ${marker}`);
  const viewer = await watch(server);
  const entry = viewer.entries()[1]!;
  expect(await viewer.page(entry)).toContain(marker);
  expect(mentions(server.dir, marker).length).toBeGreaterThanOrEqual(3);
  const removed = await wp(['rm', '2'], { dir: server.dir });
  expect(removed).toMatchObject({ code: 0, stdout: `deleted mine#2 (title ${marker})\n`, stderr: '' });
  expect(mentions(server.dir, marker)).toEqual([]);
  expect(mentions(server.dir, entry.id)).toEqual([join(server.dir, 's/mine/scroll.ndjson')]);
  expect(mentions(server.dir, otherMarker)).not.toEqual([]);
  await viewer.entry('the deleted entry', ({ n, deleted }) => n === 2 && deleted === true);
  expect(await viewer.page(entry)).toBe('not found\n');
  expect((await listed(server.dir, 'mine')).map(({ n }) => n)).toEqual([1]);
  // Viewers that connect later get the number, and nothing else.
  expect(JSON.stringify((await watch(server)).entries()[1])).not.toContain(marker);
  await showAll(server, ['next'], 'next.txt');
  expect((await listed(server.dir, 'mine')).map(({ n }) => n)).toEqual([1, 3]);
  // Each line still has its length and is JSON.
  expect(readJournal(server.dir, 'mine').filter(({ n }) => n === 2)).toMatchObject([
    { event: 'accepted', name: '' },
    { event: 'rendered' },
    { event: 'deleted' },
  ]);
});

test('wp rm deletes in a scroll that no server runs', async () => {
  const server = await startServer(['run', 'old']);
  const marker = newMarker();
  await showAll(server, ['first', marker], `${marker}.txt`);
  await server.end();
  expect((await wp(['rm', 'old#2'], { dir: server.dir })).stdout).toBe(`deleted old#2 (${marker}.txt)\n`);
  expect(mentions(server.dir, marker)).toHaveLength(mentions(server.dir, `${marker}.txt`).length);
  // The first entry has the same name.
  expect(mentions(server.dir, readEntries(server.dir, 'old')[1]!.id)).toHaveLength(1);
  // Without a server a bare number refers to the newest scroll.
  expect((await wp(['rm', '1'], { dir: server.dir })).stdout).toContain('deleted old#1 ');
  expect(mentions(server.dir, marker)).toEqual([]);
  const restarted = await startServer(['run', 'old'], { dir: server.dir });
  await showAll(restarted, ['third']);
  expect(readEntries(server.dir, 'old').map(({ n }) => n)).toEqual([1, 2, 3]);
});

test('wp rm takes a number, a number with its scroll, an id and addresses', async () => {
  const server = await startServer(['run', 'named']);
  await showAll(server, ['1', '2', '3', '4', '5', '6']);
  const entries = (await watch(server)).entries();
  const [third, fifth] = [entries[2]!, entries[4]!];
  const refs = [
    '1',
    'named#2',
    third.id,
    `http://localhost:${server.httpPort}/#4`,
    `http://e0.localhost:${server.httpPort}/c/${fifth.cap}/s/named/${fifth.id}.html`,
  ];
  const removed = await wp(['rm', ...refs], { dir: server.dir });
  expect(removed).toMatchObject({ code: 0, stderr: '' });
  expect(removed.stdout).toBe([1, 2, 3, 4, 5].map((n) => `deleted named#${n} (a.txt)\n`).join(''));
  expect((await listed(server.dir, 'named')).map(({ n }) => n)).toEqual([6]);
});

describe('in a scroll with entries 3 to 5 and a deleted entry 1', () => {
  let server: Server;
  let ids: string[];

  beforeAll(async () => {
    server = await startServer(['run', 'named']);
    await showAll(server, ['1', '2', '3', '4', '5']);
    ids = readEntries(server.dir, 'named').map(({ id }) => id);
    expect((await wp(['rm', '1-2'], { dir: server.dir })).code).toBe(0);
  });

  test.each([
    [['99'], 1, /^wp: rm: there is no entry 99; /],
    [['3', '99'], 1, /^wp: rm: there is no entry 99; /],
    [['1'], 1, /^wp: rm: entry 1 of named was deleted\n$/],
    [['1-2'], 1, /^wp: rm: entry 1 of named was deleted\n$/],
    [['nowhere#1'], 1, /^wp: rm: there is no entry nowhere#1; /],
    [['00'.repeat(16)], 1, /^wp: rm: there is no entry 0{32}; /],
    [['http://localhost:1/#3'], 1, /^wp: rm: no viewer of this directory is on port 1; /],
    [['six'], 2, /^wp: entry: "six" does not name an entry; use 7, 9-12, /],
    [['https://example.org/s/named/#3'], 2, /is not on this machine/],
    [[], 2, /missing required argument/],
  ])('%j is refused, and nothing is deleted', async (refs, code, message) => {
    const removed = await wp(['rm', ...refs], { dir: server.dir });
    expect(removed).toMatchObject({ code, stdout: '' });
    expect(removed.stderr).toMatch(message);
    expect(removed.stderr.trim().split('\n')).toHaveLength(1);
    expect((await listed(server.dir, 'named')).map(({ n }) => n)).toEqual([3, 4, 5]);
  });

  test('ls and open accept the same references', async () => {
    const { stdout } = await wp(['ls', 'named#4-5', '--json'], { dir: server.dir });
    expect((JSON.parse(stdout) as Entry[]).map(({ n }) => n)).toEqual([4, 5]);
    const { stdout: link } = await wp(['open', '--print', ids[3] ?? ''], { dir: server.dir });
    expect(link).toMatch(new RegExp(`^http://localhost:${server.httpPort}/s/named/#4&login=\\S+\\n$`));
    expect(await wp(['open', '--print', '1'], { dir: server.dir })).toMatchObject({ code: 1, stdout: '' });
  });
});

test('a range deletes the existing entries in it', async () => {
  const server = await startServer(['run', 'range']);
  await showAll(server, ['1', '2', '3']);
  await wp(['rm', '2'], { dir: server.dir });
  const removed = await wp(['rm', '1-9'], { dir: server.dir });
  expect(removed).toMatchObject({ code: 0, stdout: 'deleted range#1 (a.txt)\ndeleted range#3 (a.txt)\n' });
  expect(await listed(server.dir, 'range')).toEqual([]);
});

test.each(['without a server', 'by the server that owns the scroll'])(
  'a range of 2,500 entries is deleted %s',
  async (how) => {
    const dir = tempDir();
    const scroll = await diskStore(dir, () => {}).openOwner('many');
    for (let i = 0; i < 2500; i++) {
      const id = newId();
      scroll.accept({ id, name: `${i}.txt`, type: 'txt', host: 'here', time: '2030-01-02T03:04:05Z', bytes: 1 });
      await scroll.append({ event: 'rendered', n: i + 1, id });
    }
    await scroll.close();
    if (how !== 'without a server') await startServer(['run', 'many'], { dir });
    const removed = await wp(['rm', 'many#1-2499'], { dir });
    expect(removed).toMatchObject({ code: 0, stderr: '' });
    expect(removed.stdout.split('\n')).toHaveLength(2500);
    expect((await listed(dir, 'many')).map(({ n }) => n)).toEqual([2500]);
  },
);

test('wp rm waits for another process that has the scroll open', async () => {
  const dir = tempDir();
  const scroll = await diskStore(dir, () => {}).openOwner('busy');
  for (const n of [1, 2]) {
    const id = newId();
    scroll.accept({ id, name: `${n}.txt`, type: 'txt', host: 'here', time: '2030-01-02T03:04:05Z', bytes: 1 });
    await scroll.append({ event: 'rendered', n, id });
  }
  const removals = ['busy#1', 'busy#2'].map((entry) => wp(['rm', entry], { dir }));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await scroll.close();
  for (const removal of removals) expect(await removal).toMatchObject({ code: 0, stderr: '' });
  expect(await listed(dir, 'busy')).toEqual([]);
});

describe('deletion with undo', () => {
  /** A server with two entries. */
  async function startUndo(): Promise<Server> {
    const server = await startServer(['run', 'undo']);
    await showAll(server, ['one', 'two']);
    return server;
  }

  test('hides the entry for all viewers, and shows it again', async () => {
    const server = await startUndo();
    const viewer = await watch(server);
    const lastHidden = () => viewer.messages.findLast((message) => message.kind === 'hidden')?.numbers;
    expect(await request(server, 'DELETE', 'undo/entries/1?after=600')).toMatchObject({ status: 202 });
    expect(await request(server, 'DELETE', 'current/entries/2?after=600')).toMatchObject({ status: 202 });
    await until('two hidden entries', () => lastHidden()?.join() === '1,2');
    const late = await watch(server);
    await until('a later viewer hides them', () =>
      late.messages.some((message) => message.kind === 'hidden' && message.numbers.join() === '1,2'),
    );
    const { id } = viewer.entries()[0]!;
    expect(await request(server, 'POST', `undo/entries/${id}/undelete`)).toMatchObject({ status: 204 });
    expect(await request(server, 'POST', 'undo/entries/2/undelete')).toMatchObject({ status: 204 });
    await until('no hidden entry', () => lastHidden()?.length === 0);
    expect((await listed(server.dir, 'undo')).map(({ n }) => n)).toEqual([1, 2]);
  });

  test('deletes after the delay, without any viewer', async () => {
    const server = await startUndo();
    expect(await request(server, 'DELETE', 'undo/entries/1?after=1')).toMatchObject({ status: 202 });
    await until('the deletion', async () => (await listed(server.dir, 'undo')).every(({ n }) => n !== 1));
    expect(await request(server, 'POST', 'undo/entries/1/undelete')).toMatchObject({ status: 410 });
    expect(await request(server, 'DELETE', 'undo/entries/1')).toMatchObject({ status: 410 });
  });

  test('deletes when the server stops, but not when it is killed', async () => {
    const server = await startUndo();
    expect(await request(server, 'DELETE', 'undo/entries/1?after=600')).toMatchObject({ status: 202 });
    await server.end();
    expect((await listed(server.dir, 'undo')).map(({ n }) => n)).toEqual([2]);
    const restarted = await startServer(['run', 'undo'], { dir: server.dir });
    expect(await request(restarted, 'DELETE', 'undo/entries/2?after=600')).toMatchObject({ status: 202 });
    await restarted.end('SIGKILL');
    const last = await startServer(['run', 'undo'], { dir: server.dir });
    const viewer = await watch(last);
    expect(viewer.entries().filter(({ deleted }) => !deleted)).toMatchObject([{ n: 2 }]);
    expect(viewer.messages.filter(({ kind }) => kind === 'hidden')).toEqual([]);
  });
});

test('requests about missing entries and malformed requests are refused', async () => {
  const server = await startServer(['run', 'refused']);
  await showAll(server, ['one']);
  for (const [method, path, status] of [
    ['DELETE', 'refused/entries/99', 404],
    ['DELETE', 'nowhere/entries/1', 404],
    ['DELETE', 'refused/entries/..%2F', 404],
    ['DELETE', 'refused/entries/0x1', 404],
    ['DELETE', 'refused/entries/1e0', 404],
    ['DELETE', 'refused/entries/+1', 404],
    ['DELETE', 'refused/entries/0000000000000001', 404],
    ['DELETE', 'refused/entries/1?after=', 400],
    ['DELETE', 'refused/entries/1?after=soon', 400],
    ['DELETE', 'refused/entries/1?after=9999', 400],
    ['POST', 'refused/entries/99/undelete', 404],
    ['POST', 'refused/entries/1/undelete', 204],
  ] as const)
    expect(await request(server, method, path), `${method} ${path}`).toMatchObject({ status });
  expect((await listed(server.dir, 'refused')).map(({ n }) => n)).toEqual([1]);
});

test('the API takes an id of digits as an id', async () => {
  const server = await startServer(['run', 'digits']);
  const peer = await dial(server.port);
  const id = '00000000000000000000000000000001';
  for (const each of [newId(), id]) peer.send({ kind: 'file', id: each, name: 'a.txt', length: 1 }, 'x');
  peer.send({ kind: 'end' });
  await within(peer.closed, 'the answers');
  await until(
    'both rendered entries',
    () => readEntries(server.dir, 'digits').filter((e) => e.status === 'ok').length === 2,
  );
  expect((await request(server, 'DELETE', `digits/entries/${id}`)).status).toBe(204);
  expect(readEntries(server.dir, 'digits').map(({ deleted }) => deleted)).toEqual([undefined, true]);
});

test('a server deletes from a scroll without a server, but not from one that another server runs', async () => {
  const first = await startServer(['run', 'first']);
  await showAll(first, ['one', 'two']);
  const second = await startServer(['run', 'second'], { dir: first.dir });
  const viewer = await watch(second, { scroll: 'first' });
  const refused = await request(second, 'DELETE', 'first/entries/1');
  expect(refused.status).toBe(409);
  expect(refused.text).toContain(`belongs to process ${first.pid}`);
  const delayed = await request(second, 'DELETE', 'first/entries/1?after=600');
  expect(delayed.status).toBe(409);
  expect(delayed.text).toContain(`belongs to process ${first.pid}`);
  expect(viewer.messages.filter(({ kind }) => kind === 'hidden')).toEqual([]);
  await first.end();
  expect(await request(second, 'DELETE', 'first/entries/1')).toMatchObject({ status: 204 });
  await viewer.entry('the deleted entry', ({ n, deleted }) => n === 1 && deleted === true);
  expect(existsSync(join(first.dir, 's/first/.lock'))).toBe(false);
});

test('the id of a deleted entry creates no new entry', async () => {
  const server = await startServer(['run', 'ids']);
  const [id, marker] = [newId(), newMarker()];
  const send = async () => {
    const peer = await dial(server.port);
    peer.send({ kind: 'file', id, name: 'a.txt', length: marker.length }, marker, { kind: 'end' });
    return within(peer.closed, 'the answer');
  };
  expect(await send()).toMatchObject([{ kind: 'ack', n: 1 }]);
  await until('the rendered entry', () => readEntries(server.dir, 'ids')[0]?.status === 'ok');
  await wp(['rm', '1'], { dir: server.dir });
  expect(await send()).toMatchObject([{ kind: 'error', id, message: expect.stringContaining('entry 1 was deleted') }]);
  await until('empty spools', () => spooled(server.dir).length === 0);
  expect(mentions(server.dir, marker)).toEqual([]);
  expect(readEntries(server.dir, 'ids')).toHaveLength(1);
});

describe('a stream whose entry is deleted', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(['run', 'streams']);
  });

  /** Starts `wp show` with a first line of input, and deletes its entry. */
  async function showAndDelete(): Promise<{ show: Process; marker: string }> {
    const marker = newMarker();
    const show = startWp(['show'], { dir: server.dir, input: 'open' });
    show.child.stdin?.write(`${marker}\n`);
    const n = await until('the address', () => /#(\d+)\n/.exec(show.stdout())?.[1]);
    await until('the open entry', () => readEntries(server.dir, 'streams')[Number(n) - 1]?.status === 'open');
    expect((await wp(['rm', n], { dir: server.dir })).code).toBe(0);
    expect(mentions(server.dir, marker)).toEqual([]);
    return { show, marker };
  }

  async function expectRefused(show: Process, marker: string): Promise<void> {
    const { code, stderr } = await within(show.ended, 'the end of wp show');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^wp: show: stdin\.txt: entry \d+ was deleted; .+\n$/);
    await until('empty spools', () => spooled(server.dir).length === 0);
    expect(mentions(server.dir, marker)).toEqual([]);
  }

  test('fails in its sender at one of the next lines', async () => {
    const { show, marker } = await showAndDelete();
    await until('the end of wp show', () => {
      show.child.stdin?.write(`${marker}\n`);
      return show.child.exitCode !== null;
    });
    await expectRefused(show, marker);
  });

  test('fails in its sender also if that only ends the stream', async () => {
    const { show, marker } = await showAndDelete();
    show.child.stdin?.end();
    await expectRefused(show, marker);
  });

  test('fails in its sender also on the recv port', async () => {
    const ports = ['--xrender-port', '0', '--http-port', '0', '--recv-port', '0'];
    const remote = await startServer(['run-recv', 'remote', ...ports]);
    const info = readFileSync(join(remote.dir, 'run', `${remote.port}.info`), 'utf8');
    const token = (await wp(['token'], { dir: remote.dir })).stdout.trim();
    const peer = await dial(Number(/^recv=(\d+)$/m.exec(info)?.[1]));
    const id = newId();
    peer.send({ kind: 'hello', version: 1, token }, { kind: 'file', id, name: 'a.txt', open: true });
    peer.send({ kind: 'more', id, length: 1 }, 'x');
    await until('the open entry', () => readEntries(remote.dir, 'remote')[0]?.status === 'open');
    expect((await wp(['rm', id], { dir: remote.dir })).code).toBe(0);
    await until('the refusal', () => {
      peer.send({ kind: 'more', id, length: 1 }, 'x');
      return peer.answers().some(({ kind }) => kind === 'error');
    });
    const answers = await within(peer.closed, 'the end of the connection');
    expect(answers.filter(({ kind }) => kind === 'error')).toMatchObject([
      { id, final: true, message: expect.stringContaining('entry 1 was deleted') },
    ]);
    await until('empty spools', () => spooled(remote.dir).length === 0);
  });

  test('fails in wp show on another machine, whose xrender and send keep nothing of it', async () => {
    const dir = tempDir();
    const [entries, recv] = [join(dir, 'entries'), join(dir, 'recv')];
    startWp(['recv', '--listen', `unix:${recv}`, '--to', `unix:${server.socket}`], { dir: server.dir });
    startWp(['send', '--listen', `unix:${entries}`, '--to', `unix:${recv}`], { dir });
    startWp(['xrender', '--listen', '0', '--to', `unix:${entries}`], { dir });
    await waitForFilePort(dir);
    const marker = newMarker();
    const show = startWp(['show'], { dir, input: 'open' });
    show.child.stdin?.write(`${marker}\n`);
    const n = Number(await until('the address', () => /#(\d+)\n/.exec(show.stdout())?.[1]));
    await until('the open entry', () => readEntries(server.dir, 'streams')[n - 1]?.status === 'open');
    expect((await wp(['rm', `streams#${n}`], { dir: server.dir })).code).toBe(0);
    await until('the end of wp show', () => {
      show.child.stdin?.write(`${marker}\n`);
      return show.child.exitCode !== null;
    });
    expect(await within(show.ended, 'the end of wp show')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^wp: show: stdin\.txt: entry \d+ was deleted; .+\n$/),
    });
    for (const machine of [dir, server.dir]) await until('empty spools', () => spooled(machine).length === 0);
    expect(mentions(server.dir, marker)).toEqual([]);
    expect(mentions(dir, marker)).toEqual([]);
  });

  test('does not affect other streams of its connection', async () => {
    const ids = [newId(), newId()];
    const peer = await dial(server.port);
    for (const id of ids)
      peer.send({ kind: 'file', id, name: 'a.txt', open: true }, { kind: 'more', id, length: 1 }, 'x');
    const [first] = await peer.waitForAnswers(2);
    await until('the open entries', () =>
      ids.every((id) => readEntries(server.dir, 'streams').some((entry) => entry.id === id && entry.status === 'open')),
    );
    expect((await wp(['rm', ids[0] ?? ''], { dir: server.dir })).code).toBe(0);
    await until('the refusal', () => {
      for (const id of ids) peer.send({ kind: 'more', id, length: 1 }, 'x');
      return peer.answers().some(({ kind, id }) => kind === 'error' && id === ids[0]);
    });
    peer.send({ kind: 'end', id: ids[1] }, { kind: 'end' });
    const answers = await within(peer.closed, 'the answers');
    expect(answers.filter(({ kind }) => kind === 'error')).toMatchObject([
      { id: ids[0], message: expect.stringContaining(`entry ${first?.n} was deleted`) },
    ]);
    expect(answers.at(-1)).toMatchObject({ kind: 'ack', id: ids[1] });
  });
});

test('a stream that is refused at its end leaves nothing in the spool of its machine', async () => {
  const far = await startServer(['run']);
  const dir = tempDir();
  const [files, entries, recv] = [join(dir, 'files'), join(dir, 'entries'), join(dir, 'recv')];
  startWp(['recv', '--listen', `unix:${recv}`, '--to', `unix:${far.socket}`], { dir: far.dir });
  startWp(['send', '--listen', `unix:${entries}`, '--to', `unix:${recv}`], { dir });
  startWp(['xrender', '--listen', `unix:${files}`, '--to', `unix:${entries}`], { dir });
  const peer = await dialWhenListening(files);
  const id = newId();
  peer.send({ kind: 'file', id, name: 'a.txt', open: true }, { kind: 'more', id, length: 1 }, 'x');
  await until('the open entry', () => readEntries(far.dir, far.scroll)[0]?.status === 'open');
  expect((await wp(['rm', id], { dir: far.dir })).code).toBe(0);
  peer.send({ kind: 'end', id }, { kind: 'end' });
  const answers = await within(peer.closed, 'the answers');
  expect(answers.at(-1)).toMatchObject({ kind: 'error', message: expect.stringContaining('was deleted') });
  await until('empty spools', () => spooled(dir).length === 0);
});

test('a file that was deleted before its page is rendered leaves nothing in the spool of its machine', async () => {
  const far = await startServer(['run']);
  const dir = tempDir();
  mkdirSync(join(dir, 'plugins/wait'), { recursive: true });
  const script = `#!/bin/sh\nwhile [ ! -e '${dir}/go' ]; do sleep 0.05; done\ncat "$1" >"$2.html"\n`;
  writeFileSync(join(dir, 'plugins/wait/render'), script, { mode: 0o755 });
  const [files, entries, recv] = [join(dir, 'files'), join(dir, 'entries'), join(dir, 'recv')];
  startWp(['recv', '--listen', `unix:${recv}`, '--to', `unix:${far.socket}`], { dir: far.dir });
  startWp(['send', '--listen', `unix:${entries}`, '--to', `unix:${recv}`], { dir });
  startWp(['xrender', '--listen', `unix:${files}`, '--to', `unix:${entries}`], { dir });
  const peer = await dialWhenListening(files);
  const id = newId();
  peer.send({ kind: 'file', id, name: 'a.wait', length: 1 }, 'x', { kind: 'end' });
  expect(await within(peer.closed, 'the answer')).toMatchObject([{ kind: 'ack', id, n: 1 }]);
  expect((await wp(['rm', id], { dir: far.dir })).code).toBe(0);
  expect(spooled(dir)).not.toEqual([]);
  writeFileSync(join(dir, 'go'), '');
  await until('empty spools', () => spooled(dir).length === 0);
});

test('after a deletion that was killed, either the whole entry or nothing of it is left', async () => {
  const server = await startServer(['run', 'killed']);
  const marker = newMarker();
  await showAll(
    server,
    Array.from({ length: 12 }, (_, i) => `${marker} ${i}.`),
    `${marker}.txt`,
    marker,
  );
  await server.end();
  for (let n = 1; n <= 12; n += 1) {
    const rm = startWp(['rm', `killed#${n}`], { dir: server.dir });
    // Kill it later each time: from before the start of the deletion to after its end.
    await until('the scroll is open', () => existsSync(join(server.dir, 's/killed/.lock')) || rm.stdout() !== '');
    await new Promise((resolve) => setTimeout(resolve, n - 4));
    await rm.end('SIGKILL');
    expect(() => readJournal(server.dir, 'killed')).not.toThrow();
  }
  const restarted = await startServer(['run', 'killed'], { dir: server.dir });
  const entries = readEntries(server.dir, 'killed');
  expect(entries.map(({ n }) => n)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  for (const { n, id, deleted } of entries) {
    const page = await request(restarted, 'GET', 'killed/entries');
    expect((JSON.parse(page.text) as Entry[]).some((entry) => entry.n === n)).toBe(!deleted);
    expect(existsSync(join(server.dir, 's/killed', `${id}.html`)), `page of ${n}`).toBe(!deleted);
    expect(existsSync(join(server.dir, 's/killed', id)), `directory of ${n}`).toBe(!deleted);
    expect(mentions(server.dir, `${marker} ${n - 1}.`).length > 0, `content of ${n}`).toBe(!deleted);
  }
  expect(restarted.stderr()).not.toContain('damaged');
});
