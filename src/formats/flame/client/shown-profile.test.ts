import { expect, test } from 'vitest';
import { findNodes, nameOf, percentText, type ShownProfile, searchResultText, weightsText } from './shown-profile.ts';

/** `Read` calls itself and `parse`. */
const shown: ShownProfile = {
  names: ['', 'Read', 'parse'],
  profile: {
    name: 'cpu',
    unit: 'samples',
    // Name, depth, weight and self weight of each node.
    nodes: [0, 0, 100, 20, 1, 1, 80, 20, 1, 2, 60, 0, 2, 3, 60, 60],
    lanes: [],
    top: [],
  },
};

test('the root is named "all"', () => {
  expect([nameOf(shown, 0), nameOf(shown, 3)]).toEqual(['all', 'parse']);
});

test('small shares have more digits', () => {
  expect([0, 0.05, 12.5].map((weight) => percentText(shown.profile, weight))).toEqual(['0 %', '0.050 %', '12.5 %']);
});

test('a frame is described by its total and self weight, and by its own weight if that is less', () => {
  expect(weightsText(shown, { node: 1, x: 0, width: 80 })).toBe('80 samples, 80.0 %; itself 20 samples, 20.0 %');
  expect(weightsText(shown, { node: 1, x: 0, width: 30 })).toBe(
    '30 samples here, 80 samples, 80.0 %; itself 20 samples, 20.0 %',
  );
});

test('a search ignores case and counts nested matches once', () => {
  const result = findNodes(shown, 'READ');
  expect([...result.nodes]).toEqual([1, 2]);
  expect(searchResultText(shown, result)).toBe('Found: 80 samples, 80.0 % of all.');
  expect(searchResultText(shown, findNodes(shown, 'write'))).toBe('Not found.');
});
