import { expect, test } from 'vitest';
import { moveDrag, pinchOf } from './gesture.ts';

const point = (clientX: number, clientY: number) => ({ clientX, clientY });

test('two touches are a pinch around their middle', () => {
  expect(pinchOf([point(0, 0), point(30, 40)])).toEqual({ distance: 50, clientX: 15, clientY: 20 });
  expect(pinchOf([point(5, 5), point(5, 5)])?.distance).toBe(10);
});

test('one and three touches are no pinch', () => {
  expect(pinchOf([point(0, 0)])).toBeUndefined();
  expect(pinchOf([point(0, 0), point(9, 9), point(20, 20)])).toBeUndefined();
});

test('a pointer that hardly moves is a click; then each move drags', () => {
  const start = { point: point(100, 100), isClick: true };
  expect(moveDrag(start, point(102, 101))).toEqual({ drag: start, x: 0, y: 0 });
  const moved = moveDrag(start, point(104, 100));
  expect(moved).toEqual({ drag: { point: point(104, 100), isClick: false }, x: 4, y: 0 });
  expect(moveDrag(moved.drag, point(105, 98))).toEqual({
    drag: { point: point(105, 98), isClick: false },
    x: 1,
    y: -2,
  });
});
