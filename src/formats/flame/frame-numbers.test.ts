import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFrameNumbers } from './frame-numbers.ts';

test('frames that differ only in the offset have the same number, others do not', () => {
  const symbol = fc.stringMatching(/^[a-z:+<>0x() ]{1,24}$/);
  fc.assert(
    fc.property(
      fc.array(symbol, { minLength: 2, maxLength: 30 }),
      fc.nat({ max: 0xfffff }),
      fc.nat({ max: 7 }),
      (symbols, offset, shift) => {
        const frameNumbers = createFrameNumbers();
        const numbers = new Map<string, number>();
        let next = 0;
        const number = (frame: string) => {
          const bytes = Buffer.from(`${'#'.repeat(shift)}${frame}##`);
          const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
          return frameNumbers.number(view, shift, shift + Buffer.byteLength(frame), () => next++);
        };
        for (const one of symbols) {
          const same = one.replace(/\+0x[0-9a-f]*/g, '');
          const got = number(`${one}+0x${offset.toString(16)} (/lib/x.so)`);
          expect(number(`${one}+0x${(offset * 31).toString(16)} (/lib/x.so)`)).toBe(got);
          expect(number(`${one} (/lib/other.so)`)).not.toBe(got);
          expect(numbers.get(same) ?? got).toBe(got);
          numbers.set(same, got);
        }
        expect(new Set(numbers.values()).size).toBe(numbers.size);
      },
    ),
  );
});

test('the table grows with many frames', () => {
  const frameNumbers = createFrameNumbers();
  let next = 0;
  for (const round of [0, 1])
    for (let i = 0; i < 50_000; i++) {
      const bytes = Buffer.from(`function_${i} (/lib/x.so)`);
      const number = frameNumbers.number(
        new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
        0,
        bytes.length,
        () => next++,
      );
      if (number !== i) expect.fail(`frame ${i} of round ${round} has the number ${number}`);
    }
  expect(next).toBe(50_000);
});
