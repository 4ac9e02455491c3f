import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { snappyUncompress } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { cellNumber } from '../../../shared/kit/table/cell-format.ts';
import { plainBody, snappyBody } from './body.ts';
import { dictionaryIndices } from './dictionary-indices.ts';
import { openParquet, parquetSource } from './read.ts';
import { onesCounter, rleValues } from './rle.ts';
import { BLOCK_SIZE, decompressSnappy } from './snappy.ts';

const GOLDEN = join(import.meta.dirname, '../golden/parquet');
const open = async (bytes: Uint8Array): Promise<Awaited<ReturnType<typeof parquetSource>>> =>
  parquetSource(
    await openParquet({ byteLength: bytes.length, slice: (from, to) => bytes.slice(from, to).buffer as ArrayBuffer }),
    1000,
  );
const files = readdirSync(GOLDEN, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.parquet'));
const bytesOf = (name: string): Uint8Array => Uint8Array.from(readFileSync(join(GOLDEN, name)));

describe('the direct reader and the library return the same values', () => {
  test.each(files)('%s', async (name) => {
    const source = await open(bytesOf(name)).catch(() => undefined);
    if (!source) return;
    const { direct, columns, rows } = source;
    for (const [column, { type, format }] of columns.entries())
      for (const [i, from] of (direct?.groups ?? []).entries()) {
        const to = direct?.groups[i + 1] ?? rows;
        const values: unknown[] = [];
        for (const start of source.blocks.filter((block) => block >= from && block < to)) {
          const end = Math.min(to, source.blocks.find((block) => block > start) ?? to);
          values.push(...Array.from(await source.read(column, start, end)));
        }
        const sampledRows = Array.from({ length: to - from }, (_, row) => row).filter(
          (row) => row % 7 === 3 || row < 2,
        );
        const sampledValues = await direct?.at(
          column,
          sampledRows.map((row) => from + row),
        );
        if (sampledValues) expect(sampledValues).toEqual(sampledRows.map((row) => values[row] ?? undefined));
        if (type === 'text')
          await direct?.texts(column, from, (bytes, begin, end, row) => {
            const value = values[row - from];
            expect(bytes.subarray(begin, end)).toEqual(value instanceof Uint8Array ? value : new Uint8Array());
          });
        else {
          const numbers: number[] = [];
          const wasRead = await direct?.numbers(column, from, (batch, row) => {
            expect(row).toBe(from + numbers.length);
            numbers.push(...batch);
          });
          if (wasRead) expect(numbers).toEqual(values.map((value) => cellNumber(value, format)));
          const bounds = direct?.bounds(column, from);
          const nonNull = numbers.filter((number) => !Number.isNaN(number));
          if (wasRead && bounds) expect(bounds).toEqual([Math.min(...nonNull), Math.max(...nonNull)]);
        }
      }
  });

  test.each([
    ['one-group', 'n half word unit flag price at big one'],
    // Its other columns are delta encoded.
    ['paged', 'half word flag one'],
    ['unsigned', 'tiny small plain big some few'],
  ])('%s: reads the columns %s', async (name, expected) => {
    const { direct, columns } = await open(bytesOf(`${name}/input.parquet`));
    const readColumns: string[] = [];
    for (const [column, { name: columnName }] of columns.entries())
      if ((await direct?.at(column, [5, 3999]))?.length === 2) readColumns.push(columnName);
    expect(readColumns.join(' ')).toBe(expected);
  });
});

test('a corrupt page throws an error with its column and rows, or yields other values', async () => {
  const bytes = bytesOf('paged/input.parquet');
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: bytes.length - 20_000 }), fc.nat({ max: 255 }), async (offset, value) => {
      const corrupt = Uint8Array.from(bytes);
      corrupt.fill(value, offset + 4, offset + 12);
      const { direct, columns } = await open(corrupt);
      for (const [column, { name }] of columns.entries())
        try {
          await direct?.at(column, [0, 1000, 3999]);
          await direct?.numbers(column, 0, () => {});
        } catch (error) {
          expect((error as Error).message).toContain(`column ${name}, rows 1 to 4000: `);
        }
    }),
    // These examples have truncated definition levels, or levels greater than 1.
    {
      numRuns: 30,
      examples: [
        [20_966, 116],
        [23_208, 21],
        [24_620, 233],
        [21_002, 163],
      ],
    },
  );
});

test('decompresses Snappy and rejects malformed input', () => {
  // A literal of 70 bytes, then copies with offsets of 1, 2 and 4 bytes; one overlaps its own output.
  const literal = Uint8Array.from({ length: 70 }, (_, i) => 33 + (i % 50));
  const compressed = Uint8Array.from([104, 60 << 2, 69, ...literal, 21, 70, 34, 9, 0, 63, 3, 0, 0, 0]);
  const expected = new Uint8Array(104);
  snappyUncompress(compressed, expected);
  expect(decompressSnappy(compressed, 104)).toEqual(expected);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        expect(decompressSnappy(bytes, 50)).toHaveLength(50);
      } catch (error) {
        expect(String(error)).toContain('its Snappy data is malformed');
      }
    }),
  );
});

describe('a Snappy body reads ranges in any order', () => {
  const pseudoRandom = (i: number): number => (Math.imul(i + 7, 2_654_435_761) >>> (i % 3 === 0 ? 24 : 30)) & 255;
  const content = Uint8Array.from({ length: 300_000 }, (_, i) => pseudoRandom(i % 1000 < 400 ? i >> 1 : i));
  test.each([
    ['of independent blocks', compressBlocks(content, BLOCK_SIZE)],
    ['whose blocks depend on one another', compressBlocks(content, Infinity)],
    ['of blocks of another size', compressBlocks(content, 50_001)],
    ['of one literal', compressBlocks(content, 0)],
  ])('%s', async (_, compressed) => {
    expect(Buffer.compare(decompressSnappy(compressed, content.length), content)).toBe(0);
    // The body lies within a larger file.
    const file = Uint8Array.from([9, 9, 9, ...compressed, 7, 7, 7, 7]);
    const range = fc.tuple(fc.nat({ max: content.length }), fc.nat({ max: 90_000 }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(
        fc.array(range, { maxLength: 12 }),
        fc.integer({ min: 0, max: 100_000 }),
        async (ranges, more) => {
          const readBytes = async (from: number, to: number): Promise<Uint8Array> => file.subarray(from, to + more);
          const body = snappyBody(readBytes, 3, 3 + compressed.length, content.length);
          for (const [from, length, release] of ranges) {
            const to = Math.min(content.length, from + length);
            expect(Buffer.compare(await body.read(from, to), content.subarray(from, to))).toBe(0);
            if (release) body.release();
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  test('a corrupt body throws, or yields other bytes', async () => {
    const compressed = compressBlocks(content, BLOCK_SIZE);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: compressed.length }), fc.nat({ max: content.length }), async (offset, from) => {
        const corrupt = Uint8Array.from(compressed);
        corrupt.fill(pseudoRandom(offset), offset, offset + 3);
        const body = snappyBody(async (a, b) => corrupt.subarray(a, b), 0, corrupt.length, content.length);
        try {
          expect(await body.read(from, content.length)).toHaveLength(content.length - from);
        } catch (error) {
          expect(String(error)).toContain('its Snappy data is malformed');
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** Compresses with Snappy, in independent blocks of `blockSize` bytes; 0 for one literal. */
function compressBlocks(bytes: Uint8Array, blockSize: number): Uint8Array {
  const out: number[] = [];
  for (let remaining = bytes.length; ; remaining = Math.floor(remaining / 128)) {
    out.push(remaining < 128 ? remaining : (remaining % 128) + 128);
    if (remaining < 128) break;
  }
  const literal = (from: number, to: number): void => {
    const length = to - from - 1;
    if (to === from) return;
    if (length < 60) out.push(length << 2);
    else out.push(62 << 2, length & 255, (length >>> 8) & 255, length >>> 16);
    for (let i = from; i < to; i++) out.push(bytes[i]!);
  };
  if (blockSize === 0) literal(0, bytes.length);
  else
    for (let begin = 0; begin < bytes.length; begin += blockSize) {
      const end = Math.min(bytes.length, begin + blockSize);
      const lastOffsets = new Map<number, number>();
      let literalStart = begin;
      for (let i = begin; i + 4 <= end; ) {
        const key = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
        const match = lastOffsets.get(key);
        lastOffsets.set(key, i);
        let length = 0;
        while (match !== undefined && i + length < end && length < 60 && bytes[match + length] === bytes[i + length])
          length++;
        if (match === undefined || length < 4) {
          i++;
          continue;
        }
        literal(literalStart, i);
        const offset = i - match;
        if (offset < 2048 && length < 12) out.push(1 | ((length - 4) << 2) | ((offset >>> 8) << 5), offset & 255);
        else if (offset < 65_536) out.push(2 | ((length - 1) << 2), offset & 255, offset >>> 8);
        else out.push(3 | ((length - 1) << 2), offset & 255, (offset >>> 8) & 255, offset >>> 16, 0);
        i += length;
        literalStart = i;
      }
      literal(literalStart, end);
    }
  return Uint8Array.from(out);
}

test('reads the values of run-length encoded and bit-packed runs in any order', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 32 }),
      fc.array(fc.nat(), { minLength: 16, maxLength: 16 }),
      (bitWidth, naturals) => {
        const values = naturals.map((natural) => natural % 2 ** bitWidth);
        const bits = values.flatMap((value) =>
          Array.from({ length: bitWidth }, (_, i) => Math.floor(value / 2 ** i) % 2),
        );
        const bytes = Array.from({ length: bits.length / 8 }, (_, i) =>
          bits.slice(8 * i, 8 * i + 8).reduce((sum, bit, n) => sum + bit * 2 ** n, 0),
        );
        const one = Array.from({ length: Math.ceil(bitWidth / 8) }, (_, i) => (i === 0 ? 1 : 0));
        const valueAt = rleValues(Uint8Array.from([5, ...bytes, 6, ...one]), bitWidth, 19);
        const all = Array.from({ length: 19 }, (_, i) => valueAt(i));
        expect(all).toEqual([...values, 1, 1, 1]);
        expect(valueAt(2)).toBe(values[2]);
        if (bitWidth !== 1) return;
        const countOnes = onesCounter(Uint8Array.from([5, ...bytes, 6, 1]), 19);
        for (const [from, to] of [
          [0, 19],
          [3, 17],
          [17, 19],
          [0, 9],
          [5, 5],
        ] as const)
          expect(countOnes(from, to)).toBe(all.slice(from, to).filter(Boolean).length);
      },
    ),
  );
  expect(() => rleValues(Uint8Array.from([2, 1]), 1, 5)).toThrow('ends before its last run-length encoded value');
  expect(() => rleValues(Uint8Array.from([7, 1, 1]), 1, 17)).toThrow('ends before its last run-length encoded value');
  expect(rleValues(Uint8Array.from([7, 1, 1]), 1, 16)(8)).toBe(1);
  expect(() => rleValues(Uint8Array.from([10, 2]), 1, 5)).toThrow('the value 2 where values have 1 bits');
});

test('reads dictionary indices in batches of runs', async () => {
  const run = fc.tuple(fc.boolean(), fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 12_000 })));
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 32 }),
      fc.array(run, { minLength: 1, maxLength: 12 }),
      fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
      async (bitWidth, runs, lookups) => {
        const bytes: number[] = [];
        for (const [isBitPacked, length] of runs) {
          for (let header = 2 * length + (isBitPacked ? 1 : 0); ; header = Math.floor(header / 128)) {
            bytes.push(header < 128 ? header : (header % 128) + 128);
            if (header < 128) break;
          }
          const size = isBitPacked ? length * bitWidth : Math.ceil(bitWidth / 8);
          for (let i = 0; i < size; i++) bytes.push(isBitPacked ? (i * 37 + length) & 255 : i === 0 ? 1 : 0);
        }
        const count = runs.reduce((sum, [isBitPacked, length]) => sum + (isBitPacked ? 8 * length : length), 0);
        const valueAt = rleValues(Uint8Array.from(bytes), bitWidth, count);
        const file = Uint8Array.from([9, 9, ...bytes]);
        const body = plainBody(async (from, to) => file.subarray(from, to), 0, file.length);
        const readIndices = dictionaryIndices(body, 2, bitWidth, count);
        for (const lookup of lookups) {
          const first = lookup % count;
          const { end, entryOf } = await readIndices(first, first + 1 + (lookup % 9));
          expect(end).toBeGreaterThan(first);
          for (const index of [first, end - 1]) expect([index, entryOf(index)]).toEqual([index, valueAt(index)]);
        }
        await expect(dictionaryIndices(body, 2, bitWidth, count + 9)(count, count + 1)).rejects.toThrow(
          'ends before its last run-length encoded value',
        );
      },
    ),
    { numRuns: 60 },
  );
});
