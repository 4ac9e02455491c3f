import { casesOf } from '../../case.ts';
import { type Charset, decode } from './charset.ts';

/** Case-insensitive search for a text in encoded bytes. */
export interface ByteFinder {
  /** Length of the longest encoding of the text; 0 if the text is empty or cannot be encoded. */
  readonly maxBytes: number;
  /** Offset of the first match within bytes `from` to before `to`; -1 if there is none. */
  indexIn(bytes: Uint8Array, from: number, to: number): number;
}

/** The longest search window: a shift must fit into a byte, and longer shifts gain little. */
const MAX_WINDOW = 255;

/**
 * Prepares a search for `text`. ASCII text matches ASCII only: `k` does not match U+212A (the Kelvin sign), although that
 * matches `k`.
 */
export function byteFinder(text: string, charset: Charset = 'utf-8'): ByteFinder {
  const isPlain = /^\p{ASCII}*$/u.test(text);
  const chars = Array.from(text, (char) =>
    (isPlain ? [...new Set([char.toLowerCase(), char.toUpperCase()])] : casesOf(char))
      .map((one) => encode(one, charset))
      .filter((form) => form !== undefined),
  );
  const totalLength = (select: (...lengths: number[]) => number): number =>
    chars.reduce((sum, forms) => sum + select(...forms.map(({ length }) => length)), 0);
  if (chars.length === 0 || chars.some((forms) => forms.length === 0)) return { maxBytes: 0, indexIn: () => -1 };

  // Boyer-Moore-Horspool: the shift depends on the byte at the end of a window as long as the shortest form of the text.
  const window = Math.min(MAX_WINDOW, totalLength(Math.min));
  const last = window - 1;
  const shifts = new Uint8Array(256).fill(window);
  /** Indexed by position in the window and byte: 1 if some form of the text has that byte there. */
  const possible = new Uint8Array(window * 256);
  let begins = new Set([0]);
  for (const forms of chars) {
    const next = new Set<number>();
    for (const begin of begins)
      for (const form of forms) {
        for (let i = 0; i < form.length && begin + i < window; i++) {
          const byte = form[i]!;
          possible[(begin + i) * 256 + byte] = 1;
          if (begin + i < last) shifts[byte] = Math.min(shifts[byte]!, last - begin - i);
        }
        if (begin + form.length < window) next.add(begin + form.length);
      }
    begins = next;
  }
  const maxBytes = totalLength(Math.max);
  const isEnd = possible.subarray(last * 256);
  // With multi-byte characters the window may mix bytes of two forms, and a long text continues after the window: both
  // need a full comparison.
  const isExact = maxBytes === chars.length && maxBytes === window;

  return {
    maxBytes: maxBytes,
    indexIn(bytes, from, to) {
      for (let at = from + last; at < to; ) {
        const byte = bytes[at]!;
        if (isEnd[byte] === 1) {
          const begin = at - last;
          let i = last - 1;
          while (i >= 0 && possible[i * 256 + bytes[begin + i]!] === 1) i--;
          if (i < 0 && (isExact || matchesAt(bytes, begin, to, chars))) return begin;
        }
        at += shifts[byte]!;
      }
      return -1;
    },
  };
}

/** Whether the characters, each in one of its forms, stand at an offset and end before `to`. */
function matchesAt(bytes: Uint8Array, at: number, to: number, chars: readonly (readonly Uint8Array[])[]): boolean {
  let offset = at;
  for (const forms of chars) {
    // No form is a prefix of another one.
    const length = matchLength(bytes, offset, forms);
    if (length === 0) return false;
    offset += length;
  }
  return offset <= to;
}

/** The length of the form that stands at an offset; 0 if none does. */
function matchLength(bytes: Uint8Array, at: number, forms: readonly Uint8Array[]): number {
  for (const form of forms) {
    let i = 0;
    while (i < form.length && bytes[at + i] === form[i]) i++;
    if (i === form.length) return i;
  }
  return 0;
}

/** The 256 characters of windows-1252, created at the first use. */
let windows1252: string | undefined;

/** The encoding of a character; undefined if the charset does not have it. */
function encode(char: string, charset: Charset): Uint8Array | undefined {
  if (charset === 'utf-8') return new TextEncoder().encode(char);
  if (charset === 'windows-1252') {
    windows1252 ??= decode(
      Uint8Array.from({ length: 256 }, (_, byte) => byte),
      charset,
    );
    const byte = windows1252.indexOf(char);
    return byte < 0 ? undefined : Uint8Array.of(byte);
  }
  const view = new DataView(new ArrayBuffer(char.length * 2));
  for (let i = 0; i < char.length; i++) view.setUint16(i * 2, char.charCodeAt(i), charset === 'utf-16le');
  return new Uint8Array(view.buffer);
}
