import { WpError } from '../../shared/errors.ts';

/** The largest file that is accepted by value, bytes (default of `--max-size`). */
export const MAX_SIZE = 100e9;

/** @throws WpError if a file sent by value is larger than `maxSize` */
export function checkSize(bytes: number, maxSize: number): void {
  if (bytes <= maxSize) return;
  throw new WpError('recv', `it has ${bytes} bytes, and ${maxSize} are taken`, 'raise --max-size there');
}
