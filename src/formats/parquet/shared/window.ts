import type { AsyncBuffer } from 'hyparquet';
import type { ByteReader } from '../../../shared/kit/ranges/fetch-range.ts';
import { concatenate } from '../../../shared/kit/table/typed-arrays.ts';
import type { ReadBytes } from './body.ts';

/** Bytes per request: the smallest after a jump; doubled with each sequential read, up to the largest. */
const MIN_REQUEST = 64 * 1024;
const MAX_REQUEST = 2 * 1024 * 1024;
/** Ranges larger than this are streamed. */
const MIN_STREAM = 1024 * 1024;
/** Largest number of bytes of a stream that are skipped. A new request would take longer. */
const MAX_SKIP = 1024 * 1024;

/** Size of the buffer that a stream is read into. */
const BUFFER_SIZE = 512 * 1024;

/** A file that is read in ranges. */
export interface Source extends AsyncBuffer {
  /** Streams the bytes from `from` up to `to` (exclusive). Absent if the source cannot stream. */
  stream?(from: number, to: number): ByteReader;
}

/** Reads ranges of a file through one buffer. */
export interface Window {
  readonly readBytes: ReadBytes;
  /** Bytes that the window occupies in memory. */
  heldBytes(): number;
  /** Ends the current stream. The next read starts another. */
  pause(): void;
  /** Ends the stream and frees the buffer. */
  release(): void;
}

/**
 * Reads ranges of a file before byte `end`, and reads ahead when they are sequential.
 * @param likelyEnd a hint: the offset up to which the caller will probably read, from its first range on
 */
export function windowOf(file: Source, end: number, likelyEnd: number): Window {
  /** The buffered bytes, from byte `begin` of the file on. */
  let bytes: Uint8Array = new Uint8Array();
  let begin = 0;
  let requestSize = MIN_REQUEST;
  /** File offset up to which the caller will probably read. */
  let readAheadEnd = likelyEnd;
  /** The stream that continues `bytes`, up to byte `streamEnd` of the file. */
  let stream: ByteReader | undefined;
  let streamEnd = 0;
  /** The memory that the stream is read into. */
  let buffer = new Uint8Array();

  function pause(): void {
    stream?.cancel();
    stream = undefined;
    readAheadEnd = 0;
  }

  /** Reads the stream up to byte `to` of the file, and retains the bytes from byte `from` on. */
  async function readStream(reader: ByteReader, from: number, to: number): Promise<void> {
    let at = begin + bytes.length;
    const retained = bytes.subarray(from - begin);
    let filled = retained.length;
    const capacity = Math.max(BUFFER_SIZE, to - from);
    if (buffer.length < capacity) buffer = new Uint8Array(capacity);
    buffer.set(retained);
    try {
      while (at < to) {
        // Bytes before `from` are read into the same place and overwritten.
        const stop = at < from ? from - at : buffer.length;
        const chunk = await reader.read(buffer.subarray(filled, stop));
        if (chunk.length === 0) throw new Error(`the file ends before byte ${to}`);
        buffer = new Uint8Array(chunk.buffer);
        if (at >= from) filled += chunk.length;
        at += chunk.length;
      }
    } catch (error) {
      // The reader has transferred the buffer, so it cannot be used again.
      release();
      throw error;
    }
    bytes = buffer.subarray(0, filled);
    begin = from;
  }

  function release(): void {
    pause();
    bytes = new Uint8Array();
    buffer = new Uint8Array();
  }

  return {
    async readBytes(from, to, likelyEnd = to) {
      if (to > end || from > to) throw new Error(`bytes ${from} to ${to} are not in its column chunk`);
      if (from >= begin && to <= begin + bytes.length) return bytes.subarray(from - begin);
      const bufferedEnd = begin + bytes.length;
      if (stream && from >= begin && from - bufferedEnd < MAX_SKIP && to <= streamEnd) {
        await readStream(stream, from, to);
        return bytes;
      }
      const isSequential = from >= begin && from <= bufferedEnd;
      requestSize = isSequential ? Math.min(MAX_REQUEST, requestSize * 2) : MIN_REQUEST;
      const wantedEnd = Math.min(end, Math.max(readAheadEnd, likelyEnd, to));
      pause();
      if (!isSequential) [bytes, begin] = [new Uint8Array(), from];
      const at = begin + bytes.length;
      if (file.stream && wantedEnd - at > MIN_STREAM) {
        stream = file.stream(at, wantedEnd);
        streamEnd = wantedEnd;
        await readStream(stream, from, to);
      } else {
        const stop = Math.min(end, Math.max(to, from + requestSize, Math.min(wantedEnd, from + MAX_REQUEST)));
        const more = new Uint8Array(await file.slice(at, stop));
        bytes = from === at ? more : concatenate([bytes.subarray(from - begin), more]);
        begin = from;
      }
      return bytes;
    },
    heldBytes: () => Math.max(buffer.length, bytes.length),
    pause,
    release,
  };
}
