import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseForeignRecord, parseRecord, unknownFields } from './records.ts';

const id = '0123456789abcdef0123456789abcdef';

test.each([
  { kind: 'file', path: '/a', local: { deep: [1] } },
  { kind: 'file', id, name: 'a.csv', length: 3, type: 'csv', title: 't', host: 'h', time: '2030-01-02T03:04:05Z' },
  { kind: 'file', id, name: 'x', open: true },
  { kind: 'entry', id, page: '/x.html', status: 'ok', ms: 1.5, tags: ['later'] },
  { kind: 'more', id, length: 3 },
  { kind: 'end' },
  { kind: 'hello', version: 1, token: 'x' },
  { kind: 'ack', id, n: 1, url: 'http://localhost/' },
  { kind: 'error', message: 'm' },
])('%j is parsed unchanged, with its unknown fields', (record) => expect(parseRecord(record)).toEqual(record));

test.each([
  [{ kind: 'constructor' }, 'unknown kind "constructor"'],
  [{ kind: '__proto__' }, 'unknown kind'],
  [{ kind: 7 }, 'unknown kind 7'],
  [null, 'has no "kind"'],
  ['file', 'has no "kind"'],
  [{ kind: 'entry' }, '"id"'],
  [{ kind: 'entry', id, status: 'fine' }, '"status"'],
  [{ kind: 'file', id: `${id}0` }, '"id"'],
  [{ kind: 'file', id: `${id.slice(0, 31)}/` }, '"id"'],
  [{ kind: 'file', length: 2 ** 60 }, '"length"'],
  [{ kind: 'file', length: 1.5 }, '"length"'],
  [{ kind: 'ack', id, length: -1 }, '"length"'],
  [{ kind: 'file', archive: 'zip' }, '"archive"'],
  [{ kind: 'file', title: ['x'] }, '"title"'],
  [{ kind: 'hello', version: 2 }, 'version'],
])('%j is refused: %s', (value, message) => expect(() => parseRecord(value)).toThrow(message));

test('a label that is too long is refused', () => {
  expect(() => parseRecord({ kind: 'file', path: 'x'.repeat(5000) })).toThrow('"path"');
});

test('any value is parsed or refused with a message', () => {
  const kinds = fc.constantFrom('file', 'entry', 'more', 'end', 'hello', 'ack', 'error', 'x');
  const field = fc.constantFrom(
    'id',
    'path',
    'name',
    'length',
    'open',
    'archive',
    'status',
    'n',
    'message',
    'bytes',
    'type',
  );
  fc.assert(
    fc.property(kinds, fc.dictionary(field, fc.jsonValue()), (kind, fields) => {
      try {
        expect(parseRecord({ ...fields, kind })).toEqual({ ...fields, kind });
      } catch (error) {
        expect(error).toMatchObject({ name: 'WpError', where: 'record' });
      }
    }),
  );
});

test('a record of a foreign sender has no path, page or local facts, whatever its kind', () => {
  const names = { path: '/a', page: '/b', local: { version: 1 } };
  for (const record of [
    { kind: 'file', id },
    { kind: 'entry', id, status: 'ok' },
    { kind: 'more', id },
    { kind: 'end' },
  ])
    expect(parseForeignRecord({ ...record, ...names, colour: 'blue' })).toEqual({
      record: { ...record, colour: 'blue' },
      path: '/a',
    });
  expect(parseForeignRecord({ kind: 'entry', id, page: '/b' })).toEqual({ record: { kind: 'entry', id }, path: '/b' });
  expect(parseForeignRecord({ kind: 'file', id })).toEqual({ record: { kind: 'file', id } });
});

test('the unknown fields of a record are those that the protocol does not define for files and entries', () => {
  const known = {
    kind: 'file',
    id,
    name: 'x',
    path: '/a',
    length: 3,
    open: true,
    archive: 'tar',
    title: 't',
    host: 'h',
  };
  const file = parseRecord({
    ...known,
    status: 'ok',
    page: '/b',
    local: {},
    encoding: 'base64',
    colour: 'blue',
    kept: '/c',
  });
  expect(file.kind === 'file' && unknownFields(file)).toEqual({ colour: 'blue', kept: '/c' });
});
