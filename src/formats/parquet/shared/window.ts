import type { AsyncBuffer } from 'hyparquet';
import type { ByteReader } from '../../../shared/kit/ranges/fetch-range.ts';
import { concatenate } from '../../../shared/kit/table/typed-arrays.ts';
import type { Get } from './body.ts';

/** Bytes that are fetched at once: few where one jumps, more where one reads on. */
const LEAST = 64 * 1024;
const MOST = 2 * 1024 * 1024;
/** Where one is likely to read more than this, it is read as it comes. */
const AT_ONCE = 1024 * 1024;
/** Bytes that are passed over in what comes: another request takes as long. */
const NEAR = 1024 * 1024;

/** Memory for what comes. */
const ROOM = 512 * 1024;

/** A file of which parts are fetched, and, where it can, sent as they are read. */
export interface Source extends AsyncBuffer {
  stream?(from: number, to: number): ByteReader;
}

/** Pieces of a file, from one byte of it to another, of which the last one is kept. */
export interface Window {
  readonly get: Get;
  /** Bytes that are kept in memory. */
  held(): number;
  /** No more is read for now: what is still to come is not waited for. */
  pause(): void;
  /** Lets go of what is kept. */
  rest(): void;
}

/**
 * Reads pieces of a file before byte `end`, and more than is asked for where one reads on. `far`: how far one is likely
 * to read from the first byte on.
 */
export function windowOf(file: Source, end: number, far: number): Window {
  let bytes: Uint8Array = new Uint8Array();
  let begin = 0;
  let piece = LEAST;
  let goal = far;
  /** What comes behind that. */
  let coming: ByteReader | undefined;
  let until = 0;
  /** The memory it comes to. */
  let room = new Uint8Array();

  function pause(): void {
    coming?.cancel();
    coming = undefined;
    goal = 0;
  }

  /** Takes what comes until byte `to` is there, and keeps what there is from `from` on. */
  async function take(reader: ByteReader, from: number, to: number): Promise<void> {
    let at = begin + bytes.length;
    const kept = bytes.subarray(from - begin);
    let filled = kept.length;
    const space = Math.max(ROOM, to - from);
    if (room.length < space) room = new Uint8Array(space);
    room.set(kept);
    try {
      while (at < to) {
        // What is before that is passed over.
        const stop = at < from ? from - at : room.length;
        const more = await reader.read(room.subarray(filled, stop));
        if (more.length === 0) throw new Error(`the file ends before byte ${to}`);
        room = new Uint8Array(more.buffer);
        if (at >= from) filled += more.length;
        at += more.length;
      }
    } catch (error) {
      // The memory is gone with what was in it.
      rest();
      throw error;
    }
    bytes = room.subarray(0, filled);
    begin = from;
  }

  function rest(): void {
    pause();
    bytes = new Uint8Array();
    room = new Uint8Array();
  }

  return {
    async get(from, to, likely = to) {
      if (to > end || from > to) throw new Error(`bytes ${from} to ${to} are not in its column`);
      if (from >= begin && to <= begin + bytes.length) return bytes.subarray(from - begin);
      const known = begin + bytes.length;
      if (coming && from >= begin && from - known < NEAR && to <= until) {
        await take(coming, from, to);
        return bytes;
      }
      const readsOn = from >= begin && from <= known;
      piece = readsOn ? Math.min(MOST, piece * 2) : LEAST;
      const wanted = Math.min(end, Math.max(goal, likely, to));
      pause();
      if (!readsOn) [bytes, begin] = [new Uint8Array(), from];
      const at = begin + bytes.length;
      if (file.stream && wanted - at > AT_ONCE) {
        coming = file.stream(at, wanted);
        until = wanted;
        await take(coming, from, to);
      } else {
        const stop = Math.min(end, Math.max(to, from + piece, Math.min(wanted, from + MOST)));
        const more = new Uint8Array(await file.slice(at, stop));
        bytes = from === at ? more : concatenate([bytes.subarray(from - begin), more]);
        begin = from;
      }
      return bytes;
    },
    held: () => Math.max(room.length, bytes.length),
    pause,
    rest,
  };
}
