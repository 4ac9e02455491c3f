import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anchorAt, createLayout, nearest } from './layout.ts';

test('rows are one below the other, by measured and assumed heights', () => {
  const layout = createLayout(100);
  layout.setRows([1, 2, 5]);
  expect(layout.setHeight(2, 30)).toBe(true);
  expect(layout.setHeight(2, 30)).toBe(false);
  expect([layout.top(0), layout.top(1), layout.top(2), layout.top(3), layout.total]).toEqual([0, 100, 130, 230, 230]);
  expect([layout.indexOf(1), layout.indexOf(3), layout.indexOf(5), layout.indexOf(6)]).toEqual([0, 2, 2, 3]);
  expect([-5, 0, 99, 100, 129, 130, 999].map(layout.indexAt)).toEqual([0, 0, 0, 1, 1, 2, 2]);
});

test('an empty list has no rows', () => {
  const layout = createLayout(100);
  expect([layout.indexAt(0), layout.total, layout.top(3)]).toEqual([-1, 0, 0]);
  expect(anchorAt(layout, 0, 500)).toBeUndefined();
});

test('heights are remembered while a row is filtered out, and forgotten on clear', () => {
  const layout = createLayout(100);
  layout.setRows([1, 2, 3]);
  layout.setHeight(2, 7);
  layout.setRows([1, 3]);
  expect(layout.total).toBe(200);
  layout.setRows([1, 2, 3, 4]);
  expect(layout.total).toBe(307);
  layout.clear();
  expect(layout.total).toBe(400);
});

test('offsets are the sums of heights after any sequence of changes', () => {
  const step = fc.oneof(
    fc.record({ rows: fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { maxLength: 150 }) }),
    fc.record({ n: fc.integer({ min: 1, max: 200 }), height: fc.integer({ min: 1, max: 900 }) }),
    fc.record({ look: fc.integer({ min: 0, max: 200 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const layout = createLayout(50);
      const heights = new Map<number, number>();
      for (const each of steps) {
        if ('rows' in each) layout.setRows(each.rows.toSorted((a, b) => a - b));
        else if ('n' in each) {
          layout.setHeight(each.n, each.height);
          heights.set(each.n, each.height);
        } else layout.top(each.look);
      }
      let sum = 0;
      layout.rows.forEach((n, index) => {
        expect(layout.top(index)).toBe(sum);
        expect(layout.indexAt(sum)).toBe(index);
        sum += heights.get(n) ?? 50;
      });
      expect(layout.total).toBe(sum);
    }),
  );
});

test('the anchor is the first row whose top is in sight, else the one that fills the window', () => {
  const layout = createLayout(100);
  layout.setRows([1, 2, 3, 4]);
  layout.setHeight(2, 1000);
  expect(anchorAt(layout, 0, 300)).toEqual({ n: 1, offset: 0 });
  expect(anchorAt(layout, 40, 300)).toEqual({ n: 2, offset: 60 });
  expect(anchorAt(layout, 300, 300)).toEqual({ n: 2, offset: -200 });
  expect(anchorAt(layout, 1000, 300)).toEqual({ n: 3, offset: 100 });
  expect(anchorAt(layout, 1250, 300)).toEqual({ n: 4, offset: -50 });
});

test('the nearest rows are those in sight, then by distance', () => {
  const layout = createLayout(100);
  layout.setRows([1, 2, 3, 4, 5, 6, 7]);
  const view = { y: 250, height: 100 };
  expect(nearest(layout, [1, 2, 3, 4, 5, 6, 7, 99], view, 80, false)).toEqual([3, 4, 2, 5]);
  expect(nearest(layout, [1, 2, 3, 4, 5, 6, 7, 99], view, 80, true)).toEqual([4, 3, 5, 2]);
});
