/** How many columns of a terminal a character takes. */

/** First and last code points of the East Asian blocks that are wide (UAX #11, classes W and F), without emoji. */
const WIDE_RANGES: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1b000, 0x1b2ff],
  [0x20000, 0x3fffd],
];
const WIDE_EMOJI = /^\p{Emoji_Presentation}/u;
const REGIONAL_INDICATOR = /^\p{Regional_Indicator}/u;
/** Combining marks, joiners, variation selectors, skin tones, and the vowels and finals of composed Hangul. */
const ZERO_WIDTH = /^(?:\p{M}|[\u1160-\u11ff\u200b\u200c\u2060]|\u200d|[\u{1f3fb}-\u{1f3ff}]|[\u{e0020}-\u{e007f}])/u;

/** The widths computed so far of the characters up to U+FFFF, plus 1; 0 where unknown. */
const knownWidths = new Uint8Array(0x10000);

/** The columns of a character: 0 where it joins the one before, 2 for East Asian wide characters and emoji, else 1. */
export function cellWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  const known = knownWidths[code];
  if (known) return known - 1;
  const width = computeWidth(character, code);
  knownWidths[code] = width + 1;
  return width;
}

function computeWidth(character: string, code: number): 0 | 1 | 2 {
  if (ZERO_WIDTH.test(character)) return 0;
  if (WIDE_RANGES.some(([first, last]) => code >= first && code <= last)) return 2;
  return WIDE_EMOJI.test(character) && !REGIONAL_INDICATOR.test(character) ? 2 : 1;
}
