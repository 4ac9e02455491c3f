import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { binaryPlistJson, isBinaryPlist } from './binary-plist.ts';

const golden = join(import.meta.dirname, 'golden/plist');
const archive = new Uint8Array(readFileSync(join(golden, 'archive/input.plist')));

test('reads all types of values, as written by Python', () => {
  expect(isBinaryPlist(archive)).toBe(true);
  const json = binaryPlistJson(archive);
  expect(json).toContain('[0,-1,255,70000,1099511627776,-1099511627776,9223372036854775813,1.5]');
  expect(JSON.parse(json)).toMatchObject({
    Archiver: 'NSKeyedArchiver',
    Top: { root: { CF$UID: 1 } },
    Text: 'Grüße, 日本',
    Long: 'x'.repeat(40),
    Data: 'AAECAwQFBgcICQoLDA0ODxAREhM=',
    When: '2024-05-01T10:00:00Z',
    Yes: true,
    No: false,
    Empty: {},
    List: [{ a: 1 }, { a: 1 }],
  });
});

/** Builds a property list of at most 255 bytes. The first object is the root. */
function plist(...objects: number[][]): Uint8Array {
  const offsets: number[] = [];
  const body = [...'bplist00'].map((c) => c.charCodeAt(0));
  for (const object of objects) {
    offsets.push(body.length);
    body.push(...object);
  }
  const uint64 = (value: number) => [0, 0, 0, 0, 0, 0, 0, value];
  return Uint8Array.from([
    ...body,
    ...offsets,
    ...[0, 0, 0, 0, 0, 0, 1, 1],
    ...uint64(objects.length),
    ...uint64(0),
    ...uint64(body.length),
  ]);
}

test('cycles and exponential growth are rejected', () => {
  expect(() => binaryPlistJson(plist([0xa1, 0]))).toThrow('contains itself');
  const levels = Array.from({ length: 30 }, (_, i) => [0xa3, i + 1, i + 1, i + 1]);
  expect(() => binaryPlistJson(plist(...levels, [9]))).toThrow('500000 values');
  expect(binaryPlistJson(plist([0xa2, 1, 1], [9]))).toBe('[true,true]');
});

test.each([
  ['a missing object', plist([0xa1, 7]), 'refers to object 7 of 1'],
  ['a text longer than the file', plist([0x5f, 0x12, 0x7f, 0xff, 0xff, 0xff]), 'larger than the file'],
  ['a key that is not text', plist([0xd1, 1, 1], [9]), 'not text'],
  ['an unknown type', plist([0x70 + 0x80]), 'unknown type'],
  ['only the beginning of a file', archive.subarray(0, 30), 'ends too early'],
  ['a truncated file', archive.subarray(0, archive.length - 40), 'table of objects'],
])('%s is reported', (_, bytes, reason) => {
  expect(() => binaryPlistJson(bytes)).toThrow(reason);
});

test('damaged files throw only errors for users', () => {
  const changedBytes = fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(changedBytes, (changes) => {
      const bytes = archive.slice();
      for (const [offset, value] of changes) bytes[offset] = value;
      try {
        JSON.parse(binaryPlistJson(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        expect((error as Error).constructor).toBe(Error);
      }
    }),
    { numRuns: 500 },
  );
});
