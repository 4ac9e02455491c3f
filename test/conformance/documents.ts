/** Writes random documents whose values are hard to keep: long numbers, odd strings, repeated keys. */
import type { Random } from './random.ts';

const LETTERS = [
  'a',
  'Z',
  '0',
  ' ',
  '-',
  '_',
  '.',
  ':',
  ',',
  '#',
  '"',
  '\\',
  "'",
  '\n',
  '\t',
  '\u007f',
  'é',
  '雨',
  '🌧',
  '\u2028',
];

/** A short random text. */
export function randomText(random: Random, letters: readonly string[] = LETTERS): string {
  return Array.from({ length: random.below(8) }, () => random.pick(letters)).join('');
}

const digits = (random: Random, most: number): string =>
  Array.from({ length: 1 + random.below(most) }, () => random.below(10)).join('');

/** A number as JSON has it, of any length and size. */
export function randomNumber(random: Random): string {
  const whole = random.pick(['0', '-0', String(random.below(1000)), '9007199254740993', '-9223372036854775808']);
  const long = `${random.pick(['', '-'])}${1 + random.below(9)}${digits(random, 40)}`;
  const fraction = random.pick(['', '', `.${digits(random, 30)}`, '.0', '.10']);
  const exponent = random.pick([
    '',
    '',
    '',
    `${random.pick(['e', 'E'])}${random.pick(['', '+', '-'])}${digits(random, 3)}`,
  ]);
  return `${random.pick([whole, long])}${fraction}${exponent}`;
}

/** A JSON document. @param width most spaces and line ends between tokens; 0 for one line */
export function jsonDocument(random: Random, width = 3): string {
  const space = (): string =>
    width === 0
      ? ''
      : Array.from({ length: random.below(width) }, () => random.pick([' ', '\n', '\t', '\r\n'])).join('');
  const string = (): string => {
    const text = JSON.stringify(randomText(random));
    if (random.below(3) > 0) return text;
    return `${text.slice(0, -1)}${random.pick(['\\u00e9', '\\ud83c\\udf27', '\\ud800', '\\/', '\\b', '\\u0000'])}"`;
  };
  const list = (count: number, item: () => string): string => Array.from({ length: count }, item).join(',');
  const value = (depth: number): string => {
    const kind = random.below(depth > 4 ? 6 : 10);
    const count = random.pick([0, 1, 2, 5, random.below(depth === 0 ? 250 : 4)]);
    const inner = (): string => `${space()}${value(depth + 1)}${space()}`;
    if (kind < 3) return randomNumber(random);
    if (kind < 5) return string();
    if (kind < 6) return random.pick(['true', 'false', 'null']);
    if (kind < 8) return `[${space()}${list(count, inner)}]`;
    return `{${space()}${list(count, () => `${space()}${string()}${space()}:${inner()}`)}}`;
  };
  return `${space()}${value(0)}${space()}`;
}
