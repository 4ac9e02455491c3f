import { casesOf } from '../../case.ts';
import { type Charset, decode } from './charset.ts';

/** Finds a text in bytes, whatever the case of its letters. */
export interface ByteFinder {
  /** The most bytes the text can take; 0 if it cannot be in such bytes at all, or is empty. */
  readonly maxBytes: number;
  /** Where it is first in the bytes `from` up to, not including, `to`; -1 if it is not there. */
  indexIn(bytes: Uint8Array, from: number, to: number): number;
}

/** Longer steps than that are of little use; one is kept in a byte. */
const MAX_WINDOW = 255;

/**
 * What finds `text` in bytes of a charset. A text of ASCII is found as ASCII only: `k` does not find the sign of Kelvin,
 * though that finds `k`.
 */
export function byteFinder(text: string, charset: Charset = 'utf-8'): ByteFinder {
  const isPlain = /^\p{ASCII}*$/u.test(text);
  const chars = Array.from(text, (char) =>
    (isPlain ? [...new Set([char.toLowerCase(), char.toUpperCase()])] : casesOf(char))
      .map((one) => encode(one, charset))
      .filter((form) => form !== undefined),
  );
  const lengthBy = (choose: (...lengths: number[]) => number): number =>
    chars.reduce((sum, forms) => sum + choose(...forms.map(({ length }) => length)), 0);
  if (chars.length === 0 || chars.some((forms) => forms.length === 0)) return { maxBytes: 0, indexIn: () => -1 };

  // Horspool: how far to go on, by the byte under the end of a window as long as the shortest form of the text.
  const window = Math.min(MAX_WINDOW, lengthBy(Math.min));
  const last = window - 1;
  const steps = new Uint8Array(256).fill(window);
  /** By place in the window and byte: 1 if some form has it there. */
  const fits = new Uint8Array(window * 256);
  let begins = new Set([0]);
  for (const forms of chars) {
    const next = new Set<number>();
    for (const begin of begins)
      for (const form of forms) {
        for (let i = 0; i < form.length && begin + i < window; i++) {
          const byte = form[i]!;
          fits[(begin + i) * 256 + byte] = 1;
          if (begin + i < last) steps[byte] = Math.min(steps[byte]!, last - begin - i);
        }
        if (begin + form.length < window) next.add(begin + form.length);
      }
    begins = next;
  }
  const longest = lengthBy(Math.max);
  const isEnd = fits.subarray(last * 256);
  // Else the first byte of one case may stand before the second of another, or the text goes on behind the window.
  const isSure = longest === chars.length && longest === window;

  return {
    maxBytes: longest,
    indexIn(bytes, from, to) {
      for (let at = from + last; at < to; ) {
        const byte = bytes[at]!;
        if (isEnd[byte] === 1) {
          const begin = at - last;
          let i = last - 1;
          while (i >= 0 && fits[i * 256 + bytes[begin + i]!] === 1) i--;
          if (i < 0 && (isSure || isAt(bytes, begin, to, chars))) return begin;
        }
        at += steps[byte]!;
      }
      return -1;
    },
  };
}

/** Whether characters, each in one of its forms, are at a place and end before `to`. */
function isAt(bytes: Uint8Array, at: number, to: number, chars: readonly (readonly Uint8Array[])[]): boolean {
  let place = at;
  for (const forms of chars) {
    // No form begins as another one does.
    const length = lengthAt(bytes, place, forms);
    if (length === 0) return false;
    place += length;
  }
  return place <= to;
}

/** The length of the form that is at a place; 0 if none is. */
function lengthAt(bytes: Uint8Array, at: number, forms: readonly Uint8Array[]): number {
  for (const form of forms) {
    let i = 0;
    while (i < form.length && bytes[at + i] === form[i]) i++;
    if (i === form.length) return i;
  }
  return 0;
}

let latin: string | undefined;

/** The bytes of a character; nothing where the charset has none for it. */
function encode(char: string, charset: Charset): Uint8Array | undefined {
  if (charset === 'utf-8') return new TextEncoder().encode(char);
  if (charset === 'windows-1252') {
    latin ??= decode(
      Uint8Array.from({ length: 256 }, (_, byte) => byte),
      charset,
    );
    const byte = latin.indexOf(char);
    return byte < 0 ? undefined : Uint8Array.of(byte);
  }
  const view = new DataView(new ArrayBuffer(char.length * 2));
  for (let i = 0; i < char.length; i++) view.setUint16(i * 2, char.charCodeAt(i), charset === 'utf-16le');
  return new Uint8Array(view.buffer);
}
