import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { snappyUncompress } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { numberOf } from '../table/values.ts';
import { codesIn } from './codes.ts';
import { openParquet, parquetSource } from './read.ts';
import { unpacking, unsnap } from './snappy.ts';

const GOLDEN = join(import.meta.dirname, '../../../test/golden/parquet');
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
          const numbers = await direct?.numbers(column, from);
          if (numbers) expect([...numbers]).toEqual(values.map(numberOf));
        }
      }
  });

  test.each([
    ['one-group', 'n half word unit flag price at big one'],
    // Its other columns are written as differences.
    ['paged', 'half word flag one'],
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
          await direct?.numbers(column, 0);
        } catch (error) {
          expect((error as Error).message).toContain(`column ${name}, rows 1 to 4000: `);
        }
    }),
    { numRuns: 30 },
  );
});

test('Snappy is unpacked in any pieces, and what is broken is refused', () => {
  // A literal of 70 bytes, then copies of 1, 2 and 4 bytes of place, one over its own end.
  const text = Uint8Array.from({ length: 70 }, (_, i) => 33 + (i % 50));
  const packed = Uint8Array.from([104, 60 << 2, 69, ...text, 21, 70, 34, 9, 0, 63, 3, 0, 0, 0]);
  const whole = new Uint8Array(104);
  snappyUncompress(packed, whole);
  expect(unsnap(packed, 104)).toEqual(whole);
  fc.assert(
    fc.property(fc.array(fc.nat({ max: packed.length })), (cuts) => {
      const out = new Uint8Array(104);
      const work = unpacking(out);
      let at = 0;
      for (const cut of [...cuts.sort((a, b) => a - b), packed.length]) {
        work.feed(packed.subarray(at, cut));
        at = cut;
      }
      expect([work.filled, out]).toEqual([104, whole]);
    }),
  );
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
      },
    ),
  );
  expect(() => codesIn(Uint8Array.from([2, 1]), 1, 5)).toThrow('shorter than its codes');
});
