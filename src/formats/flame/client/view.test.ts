import { expect, test } from 'vitest';
import type { Layout } from './layout.ts';
import { frameAfterMove, frameAtPoint, frameBoxes, isZoomed, moveOfKey, rowTop, viewOf, zoomTo } from './view.ts';

/** `all` calls `a` and `b`; `a` calls nothing; `b` calls `c`. */
const all = { node: 0, x: 0, width: 100 };
const a = { node: 1, x: 0, width: 60 };
const b = { node: 2, x: 60, width: 40 };
const c = { node: 3, x: 60, width: 20 };
const layout: Layout = { rows: [[all], [a, b], [c]], width: 100 };
const view = viewOf(layout, false);

test('a view is zoomed to a frame and back to the complete layout', () => {
  expect(isZoomed(view)).toBe(false);
  const zoomed = zoomTo(view, b);
  expect([zoomed.from, zoomed.to, isZoomed(zoomed)]).toEqual([60, 100, true]);
  expect(zoomTo(zoomed, undefined)).toEqual(view);
});

test('the up and down keys change their meaning when the graph is upside down', () => {
  expect(['ArrowUp', 'ArrowDown', 'ArrowLeft', 'Tab'].map((key) => moveOfKey(key, false))).toEqual([
    'outward',
    'inward',
    'left',
    undefined,
  ]);
  expect(['ArrowUp', 'ArrowDown'].map((key) => moveOfKey(key, true))).toEqual(['inward', 'outward']);
});

test('the first move selects the outermost frame', () => {
  expect(frameAfterMove(view, 'right')).toEqual({ frame: all, row: 0 });
});

test('moves lead to callees, callers and neighbours', () => {
  const selectedB = { ...view, selected: { frame: b, row: 1 } };
  expect(frameAfterMove(selectedB, 'inward')).toEqual({ frame: c, row: 2 });
  expect(frameAfterMove(selectedB, 'outward')).toEqual({ frame: all, row: 0 });
  expect(frameAfterMove(selectedB, 'left')).toEqual({ frame: a, row: 1 });
  expect(frameAfterMove(selectedB, 'right')).toBeUndefined();
});

test('there is no move to a frame that the selected one does not call, or out of the graph', () => {
  expect(frameAfterMove({ ...view, selected: { frame: a, row: 1 } }, 'inward')).toBeUndefined();
  expect(frameAfterMove({ ...view, selected: { frame: all, row: 0 } }, 'outward')).toBeUndefined();
});

test('finds the frame at a point, in both directions', () => {
  expect(frameAtPoint(view, 700, 20, 1000)).toEqual({ frame: b, row: 1 });
  expect(frameAtPoint(view, 900, 40, 1000)).toBeUndefined();
  expect(frameAtPoint(view, 10, 400, 1000)).toBeUndefined();
  expect(frameAtPoint(viewOf(layout, true), 700, 5, 1000)).toEqual({ frame: c, row: 2 });
  expect(frameAtPoint(zoomTo(view, b), 0, 20, 1000)).toEqual({ frame: b, row: 1 });
});

test('rows are ordered from the top, or from the bottom when upside down', () => {
  expect([0, 1, 2].map((row) => rowTop(view, row))).toEqual([0, 18, 36]);
  expect([0, 1, 2].map((row) => rowTop(viewOf(layout, true), row))).toEqual([36, 18, 0]);
});

test('frames are clipped to the view; narrow ones are left out', () => {
  expect(frameBoxes(view, 1, 1000, 1)).toEqual([
    { frame: a, left: 0, width: 600 },
    { frame: b, left: 600, width: 400 },
  ]);
  expect(frameBoxes({ ...view, from: 50, to: 70 }, 1, 1000, 1)).toEqual([
    { frame: a, left: 0, width: 500 },
    { frame: b, left: 500, width: 500 },
  ]);
  expect(frameBoxes(view, 1, 1000, 500)).toEqual([{ frame: a, left: 0, width: 600 }]);
  expect(frameBoxes(zoomTo(view, a), 2, 1000, 1)).toEqual([]);
});
