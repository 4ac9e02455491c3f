import { WpError } from './errors.ts';

/** The characters that `safeName` replaces. */
const UNSAFE = /[^\p{L}\p{N}\p{M}._+@,=()~ -]/gu;

/**
 * The file name under which an entry stores its original, made from the name `label`: the last part of the label, with
 * everything but letters, digits and harmless punctuation replaced by `_`. Never hidden, never empty, without a slash,
 * and at most 120 characters including its extension.
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
  // After the cut the name may end in a space, which is not allowed.
  return (trimSurrogate(plain.slice(0, 120 - ending.length)) + ending).trimEnd();
}

/** Removes half of a surrogate pair at the end of a cut text. */
function trimSurrogate(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text;
}

const SCROLL = /^[\p{L}\p{N}][\p{L}\p{N}._+-]{0,99}$/u;

/** Whether `name` can be the name of a scroll: letters, digits, `.`, `_`, `+`, `-`; at most 100; no leading sign. */
export function isScrollName(name: string): boolean {
  return SCROLL.test(name);
}

/**
 * The name of the requested scroll: by default today's date, for `+NAME` the date and the name, else the name itself.
 * @param today the local date, `YYYY-MM-DD`
 * @throws WpError for an invalid name
 */
export function scrollName(requested: string | undefined, today: string): string {
  const name = !requested ? today : requested.startsWith('+') ? `${today}-${requested.slice(1)}` : requested;
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
