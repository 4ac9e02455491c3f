import { WpError } from './errors.ts';

/** What a name from elsewhere may be called on this disk, beside being a label: see `safeName`. */
const UNSAFE = /[^\p{L}\p{N}\p{M}._+@,=()~ -]/gu;

/**
 * The file name under which the original of a file named `label` is kept in its entry: the label's last part, with
 * everything but letters, digits and harmless punctuation replaced by `_`, never hidden, at most 120 characters with
 * its ending kept. Never empty, never `.` or `..`, never with a slash.
 */
export function safeName(label: string): string {
  const last = label.replace(/\/+$/, '').split('/').pop() ?? '';
  const plain = last
    .normalize('NFC')
    .replace(UNSAFE, '_')
    .replace(/^[.\s]+/, (dots) => '_'.repeat(dots.length))
    .trimEnd();
  if (plain.length <= 120) return plain || 'file';
  const dot = plain.lastIndexOf('.');
  const ending = dot > 0 && plain.length - dot <= 20 ? plain.slice(dot) : '';
  // The cut may end in a space, which the end of a name must not.
  return (trimSurrogate(plain.slice(0, 120 - ending.length)) + ending).trimEnd();
}

/** A cut must not leave half a character behind. */
function trimSurrogate(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text;
}

const SCROLL = /^[\p{L}\p{N}][\p{L}\p{N}._+-]{0,99}$/u;

/** Whether `name` can be the name of a scroll: letters, digits, `.`, `_`, `+`, `-`; at most 100; no leading sign. */
export function isScrollName(name: string): boolean {
  return SCROLL.test(name);
}

/**
 * The scroll that a person means: nothing is today's, `+NAME` is today's with a name, else the name itself.
 * @param today the local date, `YYYY-MM-DD`
 * @throws WpError for what cannot be a name
 */
export function scrollName(asked: string | undefined, today: string): string {
  const name = !asked ? today : asked.startsWith('+') ? `${today}-${asked.slice(1)}` : asked;
  if (!isScrollName(name)) {
    throw new WpError(
      'scroll',
      `"${name}" cannot be the name of a scroll`,
      'use letters, digits, ".", "_", "+" and "-", not at the beginning',
    );
  }
  return name;
}

/** The local date, `YYYY-MM-DD`. */
export function today(): string {
  const now = new Date();
  const two = (number: number) => String(number).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** Whether `text` is an id: 32 lower-case hex digits. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

/** An entry of a scroll, by its number or its id. */
export type EntryKey = { readonly n: number } | { readonly id: string };

/**
 * Parses the number (1 to 15 decimal digits) or the id of an entry. A text of 32 hexadecimal digits is always an id.
 * @returns undefined if it is neither
 */
export function parseEntryKey(text: string): EntryKey | undefined {
  if (isId(text)) return { id: text };
  const n = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  return n >= 1 ? { n } : undefined;
}
