import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCell } from './cell-format.ts';

test('a 32-bit float is written with the fewest digits', () => {
  for (const text of ['0.1', '20.18', '-0.333333', '16777216', '1e-10', '0'])
    expect(formatCell(Math.fround(Number(text)), { kind: 'float' })).toBe(String(Number(text)));
});

test('the text of a 32-bit float parses to the same float', () => {
  fc.assert(
    fc.property(fc.float(), (value) => {
      const back = Math.fround(Number(formatCell(value, { kind: 'float' })));
      expect(Object.is(back, value) || back === value).toBe(true);
    }),
  );
});
