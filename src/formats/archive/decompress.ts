import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Compression } from './kinds.ts';
import { Stopped } from './source.ts';

const PIECE = 64 * 1024;
/** What one piece of a file may become at once, megabytes: more is a bomb. The one for bzip2 is slow. */
const MOST_AT_ONCE = { zstd: 256, bzip2: 64 };

/** The contents of a compressed file, by its path or by its bytes, piece by piece, as they are asked for. */
export async function* decompress(from: string | Uint8Array, how: Compression): AsyncGenerator<Uint8Array> {
  const file = typeof from === 'string' ? createReadStream(from) : Readable.from(piecesOf(from));
  try {
    if (how === 'gzip') yield* file.pipe(createGunzip()).on('error', () => file.destroy()) as AsyncIterable<Uint8Array>;
    else if (how === 'xz') yield* await unxz(file);
    else yield* pushed(file, how === 'zstd' ? await unzstd() : await unbzip2());
  } finally {
    file.destroy();
  }
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

async function unxz(file: Readable): Promise<AsyncIterable<Uint8Array>> {
  // A CommonJS module that hides its names from ESM.
  const { default: module } = await import('xz-decompress');
  const web = Readable.toWeb(file) as ReadableStream<Uint8Array>;
  return Readable.fromWeb(new module.XzReadableStream(web) as Parameters<typeof Readable.fromWeb>[0]);
}

/** A decompressor that is given pieces, and gives others while it is. */
interface Pushed {
  push(piece: Uint8Array): void;
  end(): void;
  take(): Uint8Array[];
}

async function* pushed(file: AsyncIterable<Uint8Array>, decompressor: Pushed): AsyncGenerator<Uint8Array> {
  for await (const piece of file) {
    decompressor.push(piece);
    yield* decompressor.take();
  }
  decompressor.end();
  yield* decompressor.take();
}

/** Keeps what a decompressor gives until it is taken; what it throws at a bomb ends the decompressor. */
function keeper(megabytes: number) {
  let kept: Uint8Array[] = [];
  let bytes = 0;
  return {
    keep: (piece: Uint8Array) => {
      bytes += piece.length;
      if (bytes > megabytes * 1e6) throw new Stopped(`a small part of it becomes more than ${megabytes} MB`);
      kept.push(piece);
    },
    take: () => {
      const out = kept;
      kept = [];
      bytes = 0;
      return out;
    },
  };
}

async function unzstd(): Promise<Pushed> {
  const { Decompress } = await import('fzstd');
  const { keep, take } = keeper(MOST_AT_ONCE.zstd);
  const stream = new Decompress(keep);
  return { push: (piece) => stream.push(piece), end: () => stream.push(new Uint8Array(), true), take };
}

async function unbzip2(): Promise<Pushed> {
  const { default: create } = await import('unbzip2-stream');
  const { keep, take } = keeper(MOST_AT_ONCE.bzip2);
  const stream = create();
  let failed: Error | undefined;
  const check = () => {
    if (failed) throw failed;
  };
  stream.on('data', keep);
  stream.on('error', (error: unknown) => {
    failed = error instanceof Error ? error : new Error(String(error));
  });
  return {
    push: (piece) => {
      stream.write(Buffer.from(piece));
      check();
    },
    end: () => {
      stream.end();
      check();
    },
    take,
  };
}
