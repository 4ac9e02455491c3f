import { expect, test } from 'vitest';
import { markHtml, wordChanges } from './word-changes.ts';

function marked(before: string, after: string) {
  const changes = wordChanges(before, after);
  const cut = (text: string, ranges: readonly (readonly [number, number])[] = []) =>
    ranges.map(([from, to]) => text.slice(from, to));
  return changes && [cut(before, changes.old), cut(after, changes.new)];
}

test.each([
  ['return a + b;', 'return a - b;', [['+'], ['-']]],
  ['f(x, y)', 'f(x, y, z)', [[], [', z']]],
  [
    'the old way here',
    'the new way there',
    [
      ['old', 'here'],
      ['new', 'there'],
    ],
  ],
  ['same', 'same', [[], []]],
  ['  indented', '    indented', [['  '], ['    ']]],
  ['one two three', 'entirely different words', undefined],
])('%j to %j', (before, after, changes) => {
  expect(marked(before, after)).toEqual(changes);
});

test('very long lines are marked as one change', () => {
  const words = (word: string) => `${'same '.repeat(300)}${`${word} x `.repeat(500)}`;
  expect(marked(words('a'), words('b'))?.map((side) => side.length)).toEqual([1, 1]);
});

test('marks do not split tags or entities', () => {
  expect(markHtml('a<i>b&lt;c</i>d', [[1, 3]])).toBe('a<i><mark>b&lt;</mark>c</i>d');
  expect(
    markHtml('a<i>bc</i>d', [
      [0, 2],
      [3, 4],
    ]),
  ).toBe('<mark>a</mark><i><mark>b</mark>c</i><mark>d</mark>');
  expect(markHtml('a\u{1f600}b', [[3, 4]])).toBe('a\u{1f600}<mark>b</mark>');
});
