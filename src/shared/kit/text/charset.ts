/** Text encodings: detection, decoding, whether bytes are text at all, and where a piece of a text may be cut. */

export type Charset = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

export interface Detected {
  readonly charset: Charset;
  /** One sentence for the page if the encoding is unusual or invalid. */
  readonly note?: string;
}

/** Detects the encoding of a text by its first bytes; falls back to UTF-8. The end of `head` may cut a character. */
export function detectCharset(head: Uint8Array): Detected {
  return detectWide(head) ?? detectNarrow(head);
}

/** Detects UTF-16 with or without a byte order mark. */
function detectWide(head: Uint8Array): Detected | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return { charset: 'utf-16le', note: 'UTF-16.' };
  if (head[0] === 0xfe && head[1] === 0xff) return { charset: 'utf-16be', note: 'UTF-16, big-endian.' };
  const zeros = [0, 0];
  const sample = head.subarray(0, 1024);
  for (let i = 0; i < sample.length; i++) if (sample[i] === 0) zeros[i & 1] = (zeros[i & 1] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  // In UTF-16, every second byte of Western text is zero. Binary files have zeros at even and odd offsets alike.
  if (odd > sample.length / 5 && even < odd / 10) return { charset: 'utf-16le', note: 'UTF-16 without a mark.' };
  if (even > sample.length / 5 && odd < even / 10) return { charset: 'utf-16be', note: 'UTF-16 without a mark.' };
  return undefined;
}

function detectNarrow(head: Uint8Array): Detected {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return { charset: 'utf-8' };
  } catch {
    const text = new TextDecoder().decode(head);
    const bad = text.split('\ufffd').length - 1;
    const good = (text.match(/[^\0-\x7f\ufffd]/g) ?? []).length;
    if (good >= bad || /[\0-\x08]/.test(text))
      return { charset: 'utf-8', note: 'Some bytes are not UTF-8 and are shown as \ufffd.' };
    return { charset: 'windows-1252', note: 'Not UTF-8: read as Latin-1.' };
  }
}

/** Whether the first bytes of a file look like text. */
export function isText(head: Uint8Array): boolean {
  const wide = detectWide(head);
  // Rejects nearly all binary files without decoding them.
  if (!wide && head.includes(0)) return false;
  const { charset } = wide ?? detectNarrow(head);
  const text = decode(head, charset);
  if (text.length === 0) return true;
  const controls = (text.match(/[\0-\x07\x0b\x0e-\x1a\x1c-\x1f\x7f]/g) ?? []).length;
  if (text.includes('\0') || controls > text.length / 50) return false;
  if (charset === 'windows-1252') return (text.match(/[^\0-\x7f]/g) ?? []).length < text.length * 0.3;
  return text.split('\ufffd').length - 1 <= text.length / 20;
}

const BYTE_ORDER_MARKS: Partial<Record<Charset, readonly number[]>> = {
  'utf-8': [0xef, 0xbb, 0xbf],
  'utf-16le': [0xff, 0xfe],
  'utf-16be': [0xfe, 0xff],
};

/** Length in bytes of the byte order mark at the beginning of a text; 0 if there is none. */
export function bomLength(head: Uint8Array, charset: Charset = 'utf-8'): number {
  const mark = BYTE_ORDER_MARKS[charset];
  return mark?.every((byte, i) => head[i] === byte) ? mark.length : 0;
}

/** Decodes bytes. Invalid sequences become U+FFFD; a byte order mark is removed. */
export function decode(bytes: Uint8Array, charset: Charset): string {
  // Without `stream`, Node 20 decodes windows-1252 as ISO 8859-1, which has no euro sign and no dashes.
  return new TextDecoder(charset).decode(bytes, { stream: charset === 'windows-1252' });
}

/** Size in bytes of a code unit. Pieces of a file begin at multiples of it. */
export function codeUnitBytes(charset: Charset): 1 | 2 {
  return charset.startsWith('utf-16') ? 2 : 1;
}

/** Offset of the first complete line in a piece; without a line end, of the first complete character. */
export function firstLineStart(bytes: Uint8Array, charset: Charset): number {
  const step = codeUnitBytes(charset);
  const low = charset === 'utf-16be' ? 1 : 0;
  for (let i = 0; i + step <= bytes.length; i += step)
    if (isNewline(bytes, i, step, low)) return i + step < bytes.length ? i + step : 0;
  let i = 0;
  if (charset === 'utf-8') while (i < 3 && ((bytes[i] ?? 0) & 0xc0) === 0x80) i++;
  return i;
}

/** Offset of the end of the last complete line in a piece; without a line end, of the last complete character. */
export function lastLineEnd(bytes: Uint8Array, charset: Charset): number {
  const step = codeUnitBytes(charset);
  const low = charset === 'utf-16be' ? 1 : 0;
  for (let i = bytes.length - (bytes.length % step) - step; i >= 0; i -= step)
    if (isNewline(bytes, i, step, low)) return i + step;
  return completeCharacters(bytes, charset);
}

/** Length of the bytes without an incomplete character at their end. */
export function completeCharacters(bytes: Uint8Array, charset: Charset): number {
  const end = bytes.length;
  if (codeUnitBytes(charset) === 2) return end - (end % 2);
  if (charset !== 'utf-8') return end;
  for (let back = 1; back <= 3 && back <= end; back++) {
    const byte = bytes[end - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? end - back : end;
  }
  return end;
}

/** The number of line feeds in a piece. */
export function countNewlines(bytes: Uint8Array, charset: Charset): number {
  const step = codeUnitBytes(charset);
  let count = 0;
  if (step === 1) for (let i = bytes.indexOf(10); i >= 0; i = bytes.indexOf(10, i + 1)) count++;
  else
    for (let i = 0; i + 1 < bytes.length; i += 2) if (isNewline(bytes, i, 2, charset === 'utf-16be' ? 1 : 0)) count++;
  return count;
}

function isNewline(bytes: Uint8Array, at: number, step: number, low: number): boolean {
  return step === 1 ? bytes[at] === 10 : bytes[at + low] === 10 && bytes[at + 1 - low] === 0;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Normalises line ends to `\n` and replaces other control characters by their Unicode symbols. */
export function showControls(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\0-\x08\x0b-\x1f\x7f]/g, (c) =>
      c === '\x7f' ? '\u2421' : String.fromCharCode(0x2400 + c.charCodeAt(0)),
    );
}

/** Text as HTML between tags, with line ends and control characters as in `showControls`. */
export function textHtml(text: string): string {
  return showControls(text).replace(/[&<>]/g, (c) => ESCAPES[c] ?? c);
}
