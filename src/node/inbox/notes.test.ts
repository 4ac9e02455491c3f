import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { nextOrder, parseNote, readNotes, writeNote } from './notes.ts';

const dir = mkdtempSync(join(tmpdir(), 'wp-notes-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const ids = ['a', 'b', 'c'].map((digit) => digit.repeat(32));
const [a = '', b = '', c = ''] = ids;

test('notes are read in the order in which they were first written, with their local facts', async () => {
  const order = nextOrder();
  writeNote(dir, b, { record: { kind: 'file', id: b, name: 'first' }, order, local: { copying: true }, size: 9 });
  writeNote(dir, a, { record: { kind: 'entry', id: a, page: '/p.html' }, order: nextOrder() });
  writeNote(dir, b, { record: { kind: 'file', id: b, name: 'first', colour: 'blue' }, order, size: 9 });
  const notes = await readNotes(dir);
  expect(notes).toEqual([
    { id: b, order, size: 9, record: { kind: 'file', id: b, name: 'first', colour: 'blue' }, local: undefined },
    { id: a, order: expect.any(Number), size: undefined, record: { kind: 'entry', id: a, page: '/p.html' } },
  ]);
  expect(readdirSync(dir).sort()).toEqual([`${a}.json`, `${b}.json`]);
});

test('a note that a power failure has emptied or cut is one without fields', async () => {
  writeFileSync(join(dir, `${c}.json`), '');
  expect((await readNotes(dir)).find(({ id }) => id === c)).toEqual({ id: c, order: 0, record: { kind: 'file' } });
  for (const text of ['{"note":2,"order":1', '[]', 'null', '{"note":3,"order":1,"record":{}}', '{"kind":"ack"}'])
    expect(parseNote(text)).toEqual({ order: 0, record: { kind: 'file' } });
});

test.each([
  [
    'recv of a file',
    {
      kind: 'file',
      id: a,
      name: 'x',
      type: 'csv',
      host: 'h',
      time: 't',
      path: `/w/spool/recv-1/${a}/x`,
      whole: 5,
      order: 3,
    },
    {
      record: { kind: 'file', id: a, name: 'x', type: 'csv', host: 'h', time: 't', path: `/w/spool/recv-1/${a}/x` },
      size: 5,
      order: 3,
      local: {},
    },
  ],
  [
    'recv of an entry',
    { kind: 'entry', id: a, status: 'ok', page: `/w/spool/recv-1/${a}.html`, order: 4 },
    {
      record: { kind: 'entry', id: a, status: 'ok', page: `/w/spool/recv-1/${a}.html` },
      size: undefined,
      order: 4,
      local: {},
    },
  ],
  [
    'xrender during a copy',
    { kind: 'file', id: a, path: '/home/x', name: 'x', whole: 9, copying: true, order: 5 },
    { record: { kind: 'file', id: a, path: '/home/x', name: 'x' }, size: 9, order: 5, local: { copying: true } },
  ],
  [
    'xrender after a restart',
    { kind: 'file', id: a, name: 'x', whole: 9, renewed: true, kept: `/w/spool/recv-1/${a}`, order: 6 },
    {
      record: { kind: 'file', id: a, name: 'x' },
      size: 9,
      order: 6,
      local: { replace: true, spoolItem: `/w/spool/recv-1/${a}` },
    },
  ],
  [
    'the beginning of a stream',
    { kind: 'file', id: a, name: 'x', open: true },
    { record: { kind: 'file', id: a, name: 'x', open: true }, size: undefined, order: 0, local: {} },
  ],
])('a note without a version is read: %s', (_, old, note) => {
  expect(parseNote(`${JSON.stringify(old)}\n`)).toEqual(note);
});
