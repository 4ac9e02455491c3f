import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { snappyUncompress } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { cellNumber } from '../../../shared/kit/table/cell-format.ts';
import { plainBody, snappyBody } from './body.ts';
import { codesOf } from './coded.ts';
import { codesIn, onesIn } from './codes.ts';
import { openParquet, parquetSource } from './read.ts';
import { BLOCK, unsnap } from './snappy.ts';

const GOLDEN = join(import.meta.dirname, '../golden/parquet');
const open = async (bytes: Uint8Array): Promise<Awaited<ReturnType<typeof parquetSource>>> =>
  parquetSource(
    await openParquet({ byteLength: bytes.length, slice: (from, to) => bytes.slice(from, to).buffer as ArrayBuffer }),
    1000,
  );
const files = readdirSync(GOLDEN, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.parquet'));
const bytesOf = (name: string): Uint8Array => Uint8Array.from(readFileSync(join(GOLDEN, name)));

describe('straight from the pages come the values that the library reads', () => {
  test.each(files)('%s', async (name) => {
    const source = await open(bytesOf(name)).catch(() => undefined);
    if (!source) return;
    const { direct, columns, rows } = source;
    for (const [column, { type }] of columns.entries())
      for (const [i, from] of (direct?.groups ?? []).entries()) {
        const to = direct?.groups[i + 1] ?? rows;
        const values: unknown[] = [];
        for (const at of source.blocks.filter((one) => one >= from && one < to)) {
          const end = Math.min(to, source.blocks.find((one) => one > at) ?? to);
          values.push(...Array.from(await source.read(column, at, end)));
        }
        const some = Array.from({ length: to - from }, (_, row) => row).filter((row) => row % 7 === 3 || row < 2);
        const found = await direct?.at(
          column,
          some.map((row) => from + row),
        );
        if (found) expect(found).toEqual(some.map((row) => values[row] ?? undefined));
        if (type === 'text')
          await direct?.texts(column, from, (bytes, begin, end, row) => {
            const value = values[row - from];
            expect(bytes.subarray(begin, end)).toEqual(value instanceof Uint8Array ? value : new Uint8Array());
          });
        else {
          const numbers: number[] = [];
          const could = await direct?.numbers(column, from, (some, row) => {
            expect(row).toBe(from + numbers.length);
            numbers.push(...some);
          });
          if (could) expect(numbers).toEqual(values.map(cellNumber));
          const bounds = direct?.bounds(column, from);
          const there = numbers.filter((one) => !Number.isNaN(one));
          if (could && bounds) expect(bounds).toEqual([Math.min(...there), Math.max(...there)]);
        }
      }
  });

  test.each([
    ['one-group', 'n half word unit flag price at big one'],
    // Its other columns are written as differences.
    ['paged', 'half word flag one'],
    ['unsigned', 'tiny small plain big some few'],
  ])('of %s all of %s', async (name, expected) => {
    const { direct, columns } = await open(bytesOf(`${name}/input.parquet`));
    const read: string[] = [];
    for (const [column, one] of columns.entries())
      if ((await direct?.at(column, [5, 3999]))?.length === 2) read.push(one.name);
    expect(read.join(' ')).toBe(expected);
  });
});

test('a broken page is told, or gives something else', async () => {
  const bytes = bytesOf('paged/input.parquet');
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: bytes.length - 20_000 }), fc.nat({ max: 255 }), async (at, value) => {
      const broken = Uint8Array.from(bytes);
      broken.fill(value, at + 4, at + 12);
      const { direct, columns } = await open(broken);
      for (const [column, { name }] of columns.entries())
        try {
          await direct?.at(column, [0, 1000, 3999]);
          await direct?.numbers(column, 0, () => {});
        } catch (error) {
          expect((error as Error).message).toContain(`column ${name}, rows 1 to 4000: `);
        }
    }),
    // In these, what says which rows have a value is more than 1, or cut off.
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

test('Snappy is unpacked, and what is broken is refused', () => {
  // A literal of 70 bytes, then copies of 1, 2 and 4 bytes of place, one over its own end.
  const text = Uint8Array.from({ length: 70 }, (_, i) => 33 + (i % 50));
  const packed = Uint8Array.from([104, 60 << 2, 69, ...text, 21, 70, 34, 9, 0, 63, 3, 0, 0, 0]);
  const whole = new Uint8Array(104);
  snappyUncompress(packed, whole);
  expect(unsnap(packed, 104)).toEqual(whole);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        expect(unsnap(bytes, 50)).toHaveLength(50);
      } catch (error) {
        expect(String(error)).toContain('its Snappy is broken');
      }
    }),
  );
});

describe('of a body packed by Snappy any bytes are read, in any order', () => {
  const mixed = (i: number): number => (Math.imul(i + 7, 2_654_435_761) >>> (i % 3 === 0 ? 24 : 30)) & 255;
  const content = Uint8Array.from({ length: 300_000 }, (_, i) => mixed(i % 1000 < 400 ? i >> 1 : i));
  test.each([
    ['packed block by block', snapped(content, BLOCK)],
    ['that refers to all that is before', snapped(content, Infinity)],
    ['whose pieces have other lengths', snapped(content, 50_001)],
    ['that is one literal', snapped(content, 0)],
  ])('%s', async (_, packed) => {
    expect(unsnap(packed, content.length)).toEqual(content);
    // It lies in something larger.
    const file = Uint8Array.from([9, 9, 9, ...packed, 7, 7, 7, 7]);
    const place = fc.tuple(fc.nat({ max: content.length }), fc.nat({ max: 90_000 }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(place, { maxLength: 12 }), fc.integer({ min: 0, max: 100_000 }), async (list, more) => {
        const get = async (from: number, to: number): Promise<Uint8Array> => file.subarray(from, to + more);
        const body = snappyBody(get, 3, 3 + packed.length, content.length);
        for (const [from, length, rests] of list) {
          const to = Math.min(content.length, from + length);
          expect(Buffer.compare(await body.read(from, to), content.subarray(from, to))).toBe(0);
          if (rests) body.rest();
        }
      }),
      { numRuns: 20 },
    );
  });

  test('and a broken one is refused, or gives something else', async () => {
    const packed = snapped(content, BLOCK);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: packed.length }), fc.nat({ max: content.length }), async (at, from) => {
        const broken = Uint8Array.from(packed);
        broken.fill(mixed(at), at, at + 3);
        const body = snappyBody(async (a, b) => broken.subarray(a, b), 0, broken.length, content.length);
        try {
          expect(await body.read(from, content.length)).toHaveLength(content.length - from);
        } catch (error) {
          expect(String(error)).toContain('its Snappy is broken');
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** Packs as Snappy does, in pieces of so many bytes that refer to nothing before them; 0 for one literal. */
function snapped(bytes: Uint8Array, block: number): Uint8Array {
  const out: number[] = [];
  for (let left = bytes.length; ; left = Math.floor(left / 128)) {
    out.push(left < 128 ? left : (left % 128) + 128);
    if (left < 128) break;
  }
  const literal = (from: number, to: number): void => {
    const length = to - from - 1;
    if (to === from) return;
    if (length < 60) out.push(length << 2);
    else out.push(62 << 2, length & 255, (length >>> 8) & 255, length >>> 16);
    for (let i = from; i < to; i++) out.push(bytes[i]!);
  };
  if (block === 0) literal(0, bytes.length);
  else
    for (let begin = 0; begin < bytes.length; begin += block) {
      const end = Math.min(bytes.length, begin + block);
      const seen = new Map<string, number>();
      let bare = begin;
      for (let i = begin; i + 4 <= end; ) {
        const key = bytes.subarray(i, i + 4).join();
        const before = seen.get(key);
        seen.set(key, i);
        let length = 0;
        while (before !== undefined && i + length < end && length < 60 && bytes[before + length] === bytes[i + length])
          length++;
        if (before === undefined || length < 4) {
          i++;
          continue;
        }
        literal(bare, i);
        const back = i - before;
        if (back < 2048 && length < 12) out.push(1 | ((length - 4) << 2) | ((back >>> 8) << 5), back & 255);
        else if (back < 65_536) out.push(2 | ((length - 1) << 2), back & 255, back >>> 8);
        else out.push(3 | ((length - 1) << 2), back & 255, (back >>> 8) & 255, back >>> 16, 0);
        i += length;
        bare = i;
      }
      literal(bare, end);
    }
  return Uint8Array.from(out);
}

test('codes are found in runs and in groups, in any order', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 32 }),
      fc.array(fc.nat(), { minLength: 16, maxLength: 16 }),
      (width, list) => {
        const codes = list.map((one) => one % 2 ** width);
        const bits = codes.flatMap((code) => Array.from({ length: width }, (_, i) => Math.floor(code / 2 ** i) % 2));
        const bytes = Array.from({ length: bits.length / 8 }, (_, i) =>
          bits.slice(8 * i, 8 * i + 8).reduce((sum, bit, n) => sum + bit * 2 ** n, 0),
        );
        const one = Array.from({ length: Math.ceil(width / 8) }, (_, i) => (i === 0 ? 1 : 0));
        const at = codesIn(Uint8Array.from([5, ...bytes, 6, ...one]), width, 19);
        const all = Array.from({ length: 19 }, (_, i) => at(i));
        expect(all).toEqual([...codes, 1, 1, 1]);
        expect(at(2)).toBe(codes[2]);
        if (width !== 1) return;
        const ones = onesIn(Uint8Array.from([5, ...bytes, 6, 1]), 19);
        for (const [from, to] of [
          [0, 19],
          [3, 17],
          [17, 19],
          [0, 9],
          [5, 5],
        ] as const)
          expect(ones(from, to)).toBe(all.slice(from, to).filter(Boolean).length);
      },
    ),
  );
  expect(() => codesIn(Uint8Array.from([2, 1]), 1, 5)).toThrow('shorter than its codes');
  expect(() => codesIn(Uint8Array.from([7, 1, 1]), 1, 17)).toThrow('shorter than its codes');
  expect(codesIn(Uint8Array.from([7, 1, 1]), 1, 16)(8)).toBe(1);
  expect(() => codesIn(Uint8Array.from([10, 2]), 1, 5)).toThrow('the code 2, which is more than 1 bits');
});

test('codes of a large page are read by the runs that are looked at', async () => {
  const run = fc.tuple(fc.boolean(), fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 12_000 })));
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 32 }),
      fc.array(run, { minLength: 1, maxLength: 12 }),
      fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
      async (width, runs, looks) => {
        const bytes: number[] = [];
        for (const [isPacked, length] of runs) {
          for (let head = 2 * length + (isPacked ? 1 : 0); ; head = Math.floor(head / 128)) {
            bytes.push(head < 128 ? head : (head % 128) + 128);
            if (head < 128) break;
          }
          const size = isPacked ? length * width : Math.ceil(width / 8);
          for (let i = 0; i < size; i++) bytes.push(isPacked ? (i * 37 + length) & 255 : i === 0 ? 1 : 0);
        }
        const count = runs.reduce((sum, [isPacked, length]) => sum + (isPacked ? 8 * length : length), 0);
        const all = codesIn(Uint8Array.from(bytes), width, count);
        const file = Uint8Array.from([9, 9, ...bytes]);
        const body = plainBody(async (from, to) => file.subarray(from, to), 0, file.length);
        const read = codesOf(body, 2, width, count);
        for (const look of looks) {
          const first = look % count;
          const { end, codeOf } = await read(first, first + 1 + (look % 9));
          expect(end).toBeGreaterThan(first);
          for (const index of [first, end - 1]) expect([index, codeOf(index)]).toEqual([index, all(index)]);
        }
        await expect(codesOf(body, 2, width, count + 9)(count, count + 1)).rejects.toThrow('shorter than its codes');
      },
    ),
    { numRuns: 60 },
  );
});
