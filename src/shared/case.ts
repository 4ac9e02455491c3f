/**
 * Returns a pattern that matches a text in any case, by Unicode's simple case folding: `ΟΔΟΣ` matches `οδος`, and `ß`
 * matches `ẞ` but not `SS`.
 */
export function anyCase(text: string): RegExp {
  return new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'iu');
}

let casedChars: string | undefined;
const variants = new Map<string, readonly string[]>();

/** All case variants of a character: for `σ`, `Σ`, `ς` and `σ`. */
export function casesOf(char: string): readonly string[] {
  // No letter above U+1EFFF has case variants.
  casedChars ??= (
    Array.from({ length: 0x1f000 }, (_, code) => String.fromCodePoint(code))
      .join('')
      .match(/\p{Changes_When_Casemapped}/gu) ?? []
  ).join('');
  if (!casedChars.includes(char)) return [char];
  const all = variants.get(char) ?? casedChars.match(new RegExp(anyCase(char), 'giu')) ?? [char];
  variants.set(char, all);
  return all;
}
