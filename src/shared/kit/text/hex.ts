import { textHtml } from './charset.ts';

/** Bytes in a row of a hex dump. */
export const HEX_ROW_BYTES = 16;

/**
 * A hex dump as HTML text, in the layout of `hexdump -C`.
 * @param offset the offset of `bytes` in the file
 */
export function hexHtml(bytes: Uint8Array, offset: number): string {
  let out = '';
  for (let at = 0; at < bytes.length; at += HEX_ROW_BYTES) {
    const row = bytes.subarray(at, at + HEX_ROW_BYTES);
    let hex = '';
    let ascii = '';
    row.forEach((byte, i) => {
      hex += `${i === 8 ? ' ' : ''}${byte.toString(16).padStart(2, '0')} `;
      ascii += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
    });
    out += `${(offset + at).toString(16).padStart(8, '0')}  ${hex.padEnd(50)}|${ascii}|\n`;
  }
  return textHtml(out);
}
