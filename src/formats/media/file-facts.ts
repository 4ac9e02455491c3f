/** Types and helpers for reading the headers of audio and video files. */

/** Returns `length` bytes of the file from `position`, or fewer at its end. */
export type Read = (position: number, length: number) => Uint8Array;

export interface Facts {
  readonly kind: 'audio' | 'video';
  /** Common name of the container format. */
  readonly name: string;
  /** Codecs and other facts to show. May contain text from the file, so escape it. */
  readonly details: readonly string[];
  readonly width?: number;
  readonly height?: number;
  /** In seconds. */
  readonly duration?: number;
}

/** One character per byte. `TextDecoder` has no such encoding: its `latin1` is windows-1252. */
export const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
