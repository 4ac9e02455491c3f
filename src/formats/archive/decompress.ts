import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { LimitExceeded } from './byte-source.ts';
import type { Compression } from './signatures.ts';

const CHUNK_SIZE = 64 * 1024;
/**
 * The largest output of one compressed chunk, megabytes. A chunk that expands to more is a decompression bomb. bzip2
 * has a lower limit because its decoder is slow.
 */
const MAX_CHUNK_OUTPUT = { zstd: 256, bzip2: 64 };

/** Decompresses a file, given by its path or its bytes, lazily: each chunk is decoded when the caller asks for it. */
export async function* decompress(input: string | Uint8Array, compression: Compression): AsyncGenerator<Uint8Array> {
  const file = typeof input === 'string' ? createReadStream(input) : Readable.from(chunksOf(input));
  try {
    if (compression === 'gzip')
      yield* file.pipe(createGunzip()).on('error', () => file.destroy()) as AsyncIterable<Uint8Array>;
    else if (compression === 'xz') yield* await unxz(file);
    else yield* runPushDecompressor(file, compression === 'zstd' ? await unzstd() : await unbzip2());
  } finally {
    file.destroy();
  }
}

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += CHUNK_SIZE) yield bytes.subarray(offset, offset + CHUNK_SIZE);
}

async function unxz(file: Readable): Promise<AsyncIterable<Uint8Array>> {
  // A CommonJS module: Node's ESM loader finds only its default export.
  const { default: module } = await import('xz-decompress');
  const webStream = Readable.toWeb(file) as ReadableStream<Uint8Array>;
  return Readable.fromWeb(new module.XzReadableStream(webStream) as Parameters<typeof Readable.fromWeb>[0]);
}

/** A push decompressor: `take` returns the output produced since the last call. */
interface PushDecompressor {
  push(chunk: Uint8Array): void;
  end(): void;
  take(): Uint8Array[];
}

async function* runPushDecompressor(
  file: AsyncIterable<Uint8Array>,
  decompressor: PushDecompressor,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of file) {
    decompressor.push(chunk);
    yield* decompressor.take();
  }
  decompressor.end();
  yield* decompressor.take();
}

/** Buffers the output of a push decompressor. Throws `LimitExceeded` if one chunk expands to more than `megabytes`. */
function createOutputBuffer(megabytes: number) {
  let chunks: Uint8Array[] = [];
  let bytes = 0;
  return {
    append: (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes > megabytes * 1e6) throw new LimitExceeded(`a small part of it expands to more than ${megabytes} MB`);
      chunks.push(chunk);
    },
    take: () => {
      const taken = chunks;
      chunks = [];
      bytes = 0;
      return taken;
    },
  };
}

async function unzstd(): Promise<PushDecompressor> {
  const { Decompress } = await import('fzstd');
  const { append, take } = createOutputBuffer(MAX_CHUNK_OUTPUT.zstd);
  const stream = new Decompress(append);
  return { push: (chunk) => stream.push(chunk), end: () => stream.push(new Uint8Array(), true), take };
}

async function unbzip2(): Promise<PushDecompressor> {
  const { default: create } = await import('unbzip2-stream');
  const { append, take } = createOutputBuffer(MAX_CHUNK_OUTPUT.bzip2);
  const stream = create();
  let streamError: Error | undefined;
  const throwIfFailed = () => {
    if (streamError) throw streamError;
  };
  stream.on('data', append);
  stream.on('error', (error: unknown) => {
    streamError = error instanceof Error ? error : new Error(String(error));
  });
  return {
    push: (chunk) => {
      stream.write(Buffer.from(chunk));
      throwIfFailed();
    },
    end: () => {
      stream.end();
      throwIfFailed();
    },
    take,
  };
}
