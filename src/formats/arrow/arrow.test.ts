import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordBatch } from 'apache-arrow';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnarTable } from '../../shared/kit/table/columnar.ts';
import { decompressFrame } from './shared/lz4-frame.ts';
import { arrowSource, openArrow } from './shared/read.ts';

const goldenOf = (path: string): Uint8Array => Uint8Array.from(readFileSync(join(import.meta.dirname, 'golden', path)));
const golden = goldenOf('arrow/typed/input.arrow');
const open = (bytes: Uint8Array, maxBytes = 1e9): ReturnType<typeof openArrow> =>
  openArrow(async (from, to) => bytes.subarray(from, to), bytes.length, maxBytes);

test('several record batches form one table', async () => {
  const { columns, batches } = await open(golden);
  const recordBatches: RecordBatch[] = [];
  for await (const batch of batches()) recordBatches.push(batch);
  expect(recordBatches).toHaveLength(2);
  const table = columnarTable(arrowSource(columns, recordBatches), () => {});
  await table.sort({ column: 6, numeric: true, descending: true });
  expect((await table.rows(0, 1))[0]?.cells.slice(3, 8)).toEqual([
    'false',
    '<b>11</b> é',
    '2024-03-07',
    '2024-02-29 10:59:58.123456Z',
    '00:11:11',
  ]);
  expect(await table.filter('<b>11')).toBe(2);
});

test('damaged files are reported', async () => {
  await expect(open(new TextEncoder().encode('hello, world'))).rejects.toThrow('not an Arrow file or stream');
  await expect(open(new TextEncoder().encode('FEA1 and more'))).rejects.toThrow('Feather version 1');
  await expect(open(golden.subarray(0, -20))).rejects.toThrow('does not end with ARROW1');
  await expect(open(golden, 1000)).rejects.toThrow(/^it is too large/);
  const stream = goldenOf('arrows/stream/input.arrows');
  let rowCount = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: stream.length }), async (length) => {
      try {
        const { batches } = await open(stream.subarray(0, length));
        for await (const batch of batches()) rowCount += batch.numRows;
      } catch (error) {
        expect(String(error)).toMatch(/Arrow file/);
      }
    }),
    { numRuns: 60 },
  );
  expect(rowCount).toBeGreaterThan(0);
});

test('LZ4 frames are decompressed; damaged ones throw', () => {
  const frame = Uint8Array.from(Buffer.from(FRAME, 'base64'));
  expect(new TextDecoder().decode(decompressFrame(frame))).toBe('abcabcabcabcabcabcabc-end');
  fc.assert(
    fc.property(fc.nat({ max: frame.length - 1 }), fc.nat({ max: 255 }), (offset, value) => {
      const damaged = Uint8Array.from(frame);
      damaged[offset] = value;
      try {
        expect(decompressFrame(damaged).length).toBeLessThan(1 << 23);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
  );
});

/** Made by `lz4 --content-size`. */
const FRAME = 'BCJNGGxAGQAAAAAAAABsDAAAAD1hYmMDAFBjLWVuZAAAAABCL8+N';
