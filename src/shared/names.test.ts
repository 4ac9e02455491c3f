import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isId, isScrollName, safeName, scrollName } from './names.ts';

test.each([
  ['a.csv', 'a.csv'],
  ['/etc/passwd', 'passwd'],
  ['plots/', 'plots'],
  ['../../x', 'x'],
  ['..', '__'],
  ['.', '_'],
  ['', 'file'],
  ['/', 'file'],
  ['.hidden', '_hidden'],
  ['a\nb', 'a_b'],
  ['a\\b', 'a_b'],
  ['a\0b', 'a_b'],
  ['a"<b>\'', 'a__b__'],
  ['naïve ☃ 文.txt', 'naïve _ 文.txt'],
  ['-rf', '-rf'],
  ['trailing  ', 'trailing'],
])('safeName(%j) is %j', (label, name) => expect(safeName(label)).toBe(name));

test('the safe name of any label is one short, visible path component, and is its own safe name', () => {
  const label = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme', minLength: 100, maxLength: 150 }),
  );
  fc.assert(
    fc.property(label, (text) => {
      const name = safeName(text);
      expect(name).not.toBe('');
      expect(name).not.toMatch(/^\.|[/\\\0\n\r]/);
      expect(name.length).toBeLessThanOrEqual(120);
      // It has no lone surrogates, so it survives encoding and decoding.
      expect(new TextDecoder().decode(new TextEncoder().encode(name))).toBe(name);
      expect(safeName(name)).toBe(name);
    }),
    { numRuns: 60 },
  );
});

test('a long name keeps its extension', () => {
  expect(safeName(`${'x'.repeat(500)}.tar.gz`)).toMatch(/^x{117}\.gz$/);
  expect(safeName(`${'😀'.repeat(300)}`)).toHaveLength(120);
});

test('isScrollName and scrollName accept valid names only', () => {
  expect(scrollName(undefined, '2030-01-02')).toBe('2030-01-02');
  expect(scrollName('+lab', '2030-01-02')).toBe('2030-01-02-lab');
  expect(scrollName('thesis', '2030-01-02')).toBe('thesis');
  for (const bad of ['..', 'a/b', '-x', '.x', 'a b', 'a\n', `x${'y'.repeat(100)}`, '+../x', '<b>']) {
    expect(isScrollName(bad), bad).toBe(false);
    expect(() => scrollName(bad, '2030-01-02'), bad).toThrow('cannot be the name of a scroll');
  }
});

test('ids are 32 lower-case hex digits', () => {
  expect(isId('0123456789abcdef0123456789abcdef')).toBe(true);
  for (const bad of ['', '0'.repeat(31), '0'.repeat(33), 'A'.repeat(32), `${'0'.repeat(31)}\n`, `${'0'.repeat(32)}\n`])
    expect(isId(bad)).toBe(false);
});

test('a name that is cut after a space does not end in the space', () => {
  const name = safeName(`${'a'.repeat(119)} ${'b'.repeat(50)}`);
  expect(name).toBe('a'.repeat(119));
  expect(safeName(name)).toBe(name);
});
