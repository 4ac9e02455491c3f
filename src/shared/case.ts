/**
 * A pattern that finds a text whatever the case of its letters: as Unicode folds single letters, so `ΟΔΟΣ` finds `οδος`
 * and `ß` finds `ẞ` but not `SS`.
 */
export function anyCase(text: string): RegExp {
  return new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'iu');
}

let cased: string | undefined;
const known = new Map<string, readonly string[]>();

/** A character in all its cases: `σ` as `Σ`, `ς` and `σ`. */
export function casesOf(char: string): readonly string[] {
  // No letter behind U+1EFFF has cases.
  cased ??= (
    Array.from({ length: 0x1f000 }, (_, code) => String.fromCodePoint(code))
      .join('')
      .match(/\p{Changes_When_Casemapped}/gu) ?? []
  ).join('');
  if (!cased.includes(char)) return [char];
  const all = known.get(char) ?? cased.match(new RegExp(anyCase(char), 'giu')) ?? [char];
  known.set(char, all);
  return all;
}
