import { open } from 'node:fs/promises';
import { WpError } from '../../shared/errors.ts';

/** The size of the pieces in which files are read, bytes: smaller ones are slower, larger ones are no faster. */
const PIECE = 1024 * 1024;

/**
 * The bytes of a file from offset `from` up to offset `to`, in pieces. Can be iterated more than once; each iteration
 * opens the file anew. Bytes after `to` do not matter, so a file that grows meanwhile is sent as it was.
 * @throws WpError during iteration, if the file has become shorter
 */
export function bytesOf(path: string, from: number, to: number): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      if (to <= from) return;
      const file = await open(path, 'r');
      try {
        for (let at = from; at < to; ) {
          const piece = Buffer.allocUnsafe(Math.min(PIECE, to - at));
          const { bytesRead } = await file.read(piece, 0, piece.length, at);
          if (bytesRead === 0)
            throw new WpError('send', `${path}: it became shorter while it was sent`, 'send it again');
          at += bytesRead;
          yield piece.subarray(0, bytesRead);
        }
      } finally {
        await file.close();
      }
    },
  };
}
