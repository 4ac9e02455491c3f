import { WpError } from '../../shared/errors.ts';

/** Bytes that came as base64 text, in pieces as they come. White space between them is passed over. @throws WpError */
export async function* decodeBase64(text: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = '';
  let ended = false;
  for await (const piece of text) {
    const letters =
      rest + Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('latin1').replace(/\s+/g, '');
    if (/[^A-Za-z0-9+/=]/.test(letters) || (ended && letters !== '')) throw bad();
    const whole = letters.length - (letters.length % 4);
    rest = letters.slice(whole);
    // What is filled up is the last.
    const fill = letters.indexOf('=');
    if (fill >= 0) {
      if (!/^[^=]+={1,2}$/.test(letters) && letters.length % 4 === 0) throw bad();
      ended = letters.length % 4 === 0;
    }
    if (whole > 0) yield Buffer.from(letters.slice(0, whole), 'base64');
  }
  if (rest !== '') throw bad();
}

function bad(): WpError {
  return new WpError('record', 'what should be base64 is none', 'send it again');
}
