import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { totalsOf } from '../flame/shared/stack-tree.ts';
import { squarify } from './client/squarify.ts';
import sizes from './format.ts';
import { readSizes } from './read.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'webpipe-sizes-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** The size of each path. */
async function read(text: string): Promise<{ totals: Record<string, number>; notes: readonly string[] }> {
  const path = join(dir, 'sizes');
  await writeFile(path, text);
  const { stacks, notes } = readSizes(path, text.length);
  const all = totalsOf(stacks.parent, stacks.self);
  const totals: Record<string, number> = {};
  for (let node = 1; node < stacks.parent.length; node++) {
    const parts: string[] = [];
    for (let at = node; at > 0; at = stacks.parent[at] ?? 0) parts.unshift(stacks.names[stacks.name[at] ?? 0] ?? '');
    totals[parts.join('|')] = all[node] ?? 0;
  }
  return { totals, notes };
}

describe('sizes', () => {
  const expected = { '.': 40_960, '.|a': 12_288, '.|a|b': 8192, '.|c': 4096 };

  test('of du include the content of directories, in any order', async () => {
    const lines = ['8\t./a/b', '12\t./a', '4\t./c', '40\t.'];
    for (const order of [lines, [...lines].reverse()]) {
      const { totals, notes } = await read(`${order.join('\n')}\n`);
      expect(totals).toEqual(expected);
      expect(notes).toEqual(['Sizes without a unit are taken for KiB. (On macOS, du counts blocks of 512 bytes.)']);
    }
  });

  test('may have units', async () => {
    expect((await read('0\t/v/none\n1.5M\t/v/a b\n2,0K\t/v\n')).totals).toEqual({
      '/': 1_572_864,
      '/|v': 1_572_864,
      '/|v|none': 0,
      '/|v|a b': 1_572_864,
    });
  });

  test('of files are added up for directories; invalid lines are counted', async () => {
    const { totals, notes } = await read('100 src/a.c\n50 src/x/b.c\nwords\n1 README\n');
    expect(totals).toEqual({ src: 150, 'src|a.c': 100, 'src|x': 50, 'src|x|b.c': 50, README: 1 });
    expect(notes).toEqual([
      'Sizes without a unit are taken for bytes.',
      'Lines that are not a size and a path: 1, the first of them line 3.',
    ]);
  });

  test('the depth of paths is limited', async () => {
    const { totals } = await read(`4\t${'a/'.repeat(3000)}\n`);
    expect(Object.keys(totals)).toHaveLength(200);
  });
});

test('a box is divided in proportion to the weights, without gaps and overlaps', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(
      weights,
      fc.integer({ min: 10, max: 2000 }),
      fc.integer({ min: 10, max: 2000 }),
      (some, width, height) => {
        const sorted = [...some].sort((a, b) => b - a);
        const sum = sorted.reduce((a, b) => a + b, 0);
        const boxes = squarify(sorted, { x: 5, y: 7, width, height });
        expect(boxes).toHaveLength(sorted.length);
        boxes.forEach((box, i) => {
          expect(box.width * box.height).toBeCloseTo(((sorted[i] ?? 0) / sum) * width * height, 3);
          expect(box.x).toBeGreaterThan(5 - 1e-6);
          expect(box.y).toBeGreaterThan(7 - 1e-6);
          expect(box.x + box.width).toBeLessThan(5 + width + 1e-6);
          expect(box.y + box.height).toBeLessThan(7 + height + 1e-6);
        });
        const overlap = boxes.some((a, i) =>
          boxes.some(
            (b, j) =>
              j > i &&
              Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x) > 1e-6 &&
              Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y) > 1e-6,
          ),
        );
        expect(overlap).toBe(false);
      },
    ),
  );
  expect(squarify([0, 0], { x: 0, y: 0, width: 10, height: 10 })).toHaveLength(2);
});

test.each([
  ['4\t./a\n8\t./b/c\n12\t.\n', 'du'],
  ['4.0K\t/a\n8,5M\t/b\n12G\t/\n', 'du'],
  ['4\ta\n8\tb\n12\tc\n', undefined],
  ['1\t2\n3\t4\n5\t6\n', undefined],
  ['4\t./a\n', undefined],
  ['4\t./a\tx\n4\t./a\tx\n4\t./b\tx\n', undefined],
  ['', undefined],
])('%j is %s', (text, type) => expect(sizes.sniff(Buffer.from(text))).toBe(type));
