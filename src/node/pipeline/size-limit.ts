import { WpError } from '../../shared/errors.ts';

/** The largest file that is taken by value unless `--max-size` changes it, bytes. */
export const MAX_SIZE = 100e9;

/** @throws WpError where a file by value has more bytes than are taken */
export function checkSize(bytes: number, maxSize: number): void {
  if (bytes <= maxSize) return;
  throw new WpError('recv', `it has ${bytes} bytes, and ${maxSize} are taken`, 'raise --max-size there');
}
