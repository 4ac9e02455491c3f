import { WpError } from '../../shared/errors.ts';

/** Decodes base64 text chunk by chunk; white space is ignored. @throws WpError if the text is not valid base64 */
export async function* decodeBase64(text: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = '';
  let ended = false;
  for await (const chunk of text) {
    const chars =
      rest + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1').replace(/\s+/g, '');
    if (/[^A-Za-z0-9+/=]/.test(chars) || (ended && chars !== '')) throw invalid();
    const complete = chars.length - (chars.length % 4);
    rest = chars.slice(complete);
    // Padding is allowed only at the end.
    const padding = chars.indexOf('=');
    if (padding >= 0) {
      if (!/^[^=]+={1,2}$/.test(chars) && chars.length % 4 === 0) throw invalid();
      ended = chars.length % 4 === 0;
    }
    if (complete > 0) yield Buffer.from(chars.slice(0, complete), 'base64');
  }
  if (rest !== '') throw invalid();
}

function invalid(): WpError {
  return new WpError('record', 'the body is not valid base64', 'send it again');
}
