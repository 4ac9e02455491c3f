import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFrameNumbers } from './frames.ts';

test('frames have the same number when they are the same but for the place in the function, and only then', () => {
  const symbol = fc.stringMatching(/^[a-z:+<>0x() ]{1,24}$/);
  fc.assert(
    fc.property(
      fc.array(symbol, { minLength: 2, maxLength: 30 }),
      fc.nat({ max: 0xfffff }),
      fc.nat({ max: 7 }),
      (symbols, place, shift) => {
        const known = createFrameNumbers();
        const numbers = new Map<string, number>();
        let next = 0;
        const number = (frame: string) => {
          const bytes = Buffer.from(`${'#'.repeat(shift)}${frame}##`);
          const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
          return known.number(view, shift, shift + Buffer.byteLength(frame), () => next++);
        };
        for (const one of symbols) {
          const same = one.replace(/\+0x[0-9a-f]*/g, '');
          const got = number(`${one}+0x${place.toString(16)} (/lib/x.so)`);
          expect(number(`${one}+0x${(place * 31).toString(16)} (/lib/x.so)`)).toBe(got);
          expect(number(`${one} (/lib/other.so)`)).not.toBe(got);
          expect(numbers.get(same) ?? got).toBe(got);
          numbers.set(same, got);
        }
        expect(new Set(numbers.values()).size).toBe(numbers.size);
      },
    ),
  );
});

test('many frames', () => {
  const known = createFrameNumbers();
  let next = 0;
  for (const round of [0, 1])
    for (let i = 0; i < 50_000; i++) {
      const bytes = Buffer.from(`function_${i} (/lib/x.so)`);
      const number = known.number(
        new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
        0,
        bytes.length,
        () => next++,
      );
      if (number !== i) expect.fail(`frame ${i} of round ${round} has the number ${number}`);
    }
  expect(next).toBe(50_000);
});
