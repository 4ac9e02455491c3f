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

export const latin1 = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
