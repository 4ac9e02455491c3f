/** Previews: the first page of a large file, made of its beginning, until the page of the complete file replaces it. */
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { pageOf, readEntries, readJournal, sourceOf, spooled } from '../support/disk.ts';
import { dial, newId } from '../support/raw.ts';
import { type Viewer, watch } from '../support/viewer.ts';
import { type Server, startServer, tempDir, until, wp } from '../support/wp.ts';

/** Larger than a file that is copied before it is rendered. */
const LARGE = 9_000_000;
const cwd = tempDir();
let server: Server;
let viewer: Viewer;

beforeAll(async () => {
  server = await startServer();
  viewer = await watch(server);
});

/** Writes a file that repeats a part up to a size. */
function write(name: string, head: string, part: string, tail = '', size = LARGE): string {
  const path = join(cwd, name);
  const file = openSync(path, 'w');
  writeSync(file, head);
  const block = part.repeat(1000);
  for (let written = 0; written < size; ) written += writeSync(file, block);
  writeSync(file, tail);
  closeSync(file);
  return path;
}

/** Shows a file. Returns the page of its preview and the page that replaced it. */
async function pagesOf(path: string): Promise<{ preview: string; complete: string; id: string }> {
  const id = newId();
  const peer = await dial(server.port);
  const onDisk = viewer
    .entry('a page', (entry) => entry.id === id && (entry.status === 'preview' || entry.status === 'ok'))
    .then(({ status }) => (status === 'preview' ? pageOf(server.dir, server.scroll, id) : undefined));
  peer.send({ kind: 'file', id, path });
  await onDisk;
  await viewer.entry('the complete entry', (entry) => entry.id === id && entry.status === 'ok');
  // A small page arrives with its event. On disk it may already have been replaced.
  const inEvent = viewer.messages.flatMap((message) => {
    const isPreview = message.kind === 'event' && message.event.event === 'rendered' && message.event.preview;
    return isPreview && message.event.id === id ? [message.page] : [];
  })[0];
  const preview = inEvent ?? (await onDisk);
  if (preview === undefined) throw new Error(`there was no preview page of ${path}`);
  return { preview, complete: pageOf(server.dir, server.scroll, id), id };
}

const PREVIEW_NOTE = 'The whole follows when it has been read.';

test('a large profile gets a preview, then the page of the complete file, and keeps the original', async () => {
  const path = write('a.folded', '', 'main;run;step 1\n', 'main;zulu 7\n');
  const { preview, complete, id } = await pagesOf(path);
  expect(preview).toContain(PREVIEW_NOTE);
  expect(preview).toMatch(/The first 6\d(?:\.\d)? KB of 9/);
  expect(preview).toContain('step');
  expect(preview).not.toContain('"zulu"');
  expect(complete).not.toContain(PREVIEW_NOTE);
  expect(complete).toContain('"zulu"');
  expect(sourceOf(server.dir, server.scroll, id).subarray(-12).toString()).toBe('main;zulu 7\n');
  await until('an empty spool', () => spooled(server.dir).length === 0);
});

test.each([
  ['a.trace.json', '{"traceEvents":[', '{"name":"a","ph":"X","ts":1,"dur":2,"pid":1,"tid":1},\n', '{}]}'],
  ['a.du', '', '4\t./folder/file\n', ''],
  ['a.ps', 'PID CMD\n', '1 init\n', ''],
  [
    'a.har',
    '{"log":{"version":"1.2","entries":[',
    '{"startedDateTime":"2026-01-02T03:04:05Z","time":1,"request":{"method":"GET",' +
      '"url":"https://example.org/","headers":[]},"response":{"status":200,"headers":[],"content":{}},' +
      '"timings":{}},\n',
    '{}]}}',
  ],
  [
    'a.ipynb',
    '{"cells":[',
    `{"cell_type":"code","metadata":{},"outputs":[],"source":["${'some words '.repeat(1000)}"]},\n`,
    '{"cell_type":"markdown","metadata":{},"source":["the end"]}],"metadata":{},"nbformat":4,"nbformat_minor":5}',
  ],
  [
    'a.eml',
    'From: a@example.org\nSubject: b\nDate: Fri, 2 Jan 2026 03:04:05 +0000\nMIME-Version: 1.0\n' +
      'Content-Type: application/octet-stream; name="a.bin"\nContent-Transfer-Encoding: base64\n\n',
    `${'abcd'.repeat(19)}\n`,
    '',
  ],
  ['a.html', '<!doctype html><title>a</title>', '<p>some words\n', ''],
])('%s: the preview does not report the cut as damage', async (name, head, part, tail) => {
  const { preview, complete } = await pagesOf(write(name, head, part, tail));
  expect(preview).toContain(PREVIEW_NOTE);
  expect(preview).not.toMatch(/cut|damaged|could not be read|not JSON/i);
  expect(complete).not.toContain(PREVIEW_NOTE);
});

test('a large zip gets a preview of its first members, then the page of all members', async () => {
  const members = Array.from({ length: 100 }, (_, i) => `part/${i}.txt`);
  const path = join(cwd, 'a.zip');
  writeFileSync(path, zip(members, Buffer.alloc(100_000, 'some words\n')));
  const { preview, complete } = await pagesOf(path);
  expect(preview).toContain(PREVIEW_NOTE);
  expect(preview).toContain('0.txt');
  expect(preview).not.toMatch(/99\.txt|missing|damaged/);
  expect(complete).not.toContain(PREVIEW_NOTE);
  expect(complete).toContain('99.txt');
  expect(complete).not.toMatch(/at least|Not read/);
});

/** A zip whose members have the same contents, uncompressed (APPNOTE 4.3). */
function zip(names: readonly string[], content: Buffer): Buffer {
  let offset = 0;
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  for (const name of names) {
    const header = Buffer.alloc(26);
    header.writeUInt16LE(20, 0);
    header.writeUInt16LE(0x58a1, 8);
    header.writeUInt32LE(content.length, 14);
    header.writeUInt32LE(content.length, 18);
    header.writeUInt16LE(name.length, 22);
    const directoryFields = Buffer.alloc(14);
    directoryFields.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\0'), header, directoryFields, Buffer.from(name));
    local.push(Buffer.from('PK\x03\x04'), header, Buffer.from(name), content);
    offset += 30 + name.length + content.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(names.length, 4);
  end.writeUInt16LE(names.length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, ...directory, Buffer.from('PK\x05\x06'), end]);
}

test('a file whose beginning cannot be rendered has no preview', async () => {
  const path = write('a.cpuprofile', '{"nodes":[', ' ', '],"samples":[]}');
  const id = newId();
  (await dial(server.port)).send({ kind: 'file', id, path });
  await viewer.entry('the page', (entry) => entry.id === id && entry.status === 'ok');
  const events = readJournal(server.dir, server.scroll).filter((event) => event.id === id);
  expect(events.map(({ event }) => event)).toEqual(['accepted', 'rendered']);
});

test('after a kill between preview and page, the page is rendered at the next start', async () => {
  const other = await startServer();
  const otherViewer = await watch(other);
  const path = write('b.folded', '', 'main;run;step 1\n', 'main;zulu 7\n', 60_000_000);
  const id = newId();
  (await dial(other.port)).send({ kind: 'file', id, path });
  await otherViewer.entry('the preview', (entry) => entry.id === id && entry.status === 'preview');
  await other.end('SIGKILL');
  const restarted = await startServer(['run', other.scroll], { dir: other.dir });
  const [entry] = await until('the complete entry', () => {
    const entries = readEntries(restarted.dir, restarted.scroll);
    return entries.every(({ status }) => status === 'ok') && entries.length > 0 && entries;
  });
  expect(entry?.id).toBe(id);
  expect(pageOf(restarted.dir, restarted.scroll, id)).toContain('"zulu"');
});

test('xrender writes no previews to a pipe', async () => {
  const path = write('c.folded', '', 'main;run;step 1\n');
  const { stdout, code } = await wp(['xrender'], { dir: tempDir(), input: `${path}\n` });
  expect(code).toBe(0);
  const statuses = stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { status: string }).status);
  expect(statuses).not.toContain('preview');
  expect(statuses.at(-1)).toBe('ok');
});
