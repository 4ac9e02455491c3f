/** What those who read heads of files of sound and film share. */

/** Reads bytes of the file; fewer at its end. */
export type Read = (position: number, length: number) => Uint8Array;

export interface Facts {
  readonly kind: 'audio' | 'video';
  /** The container, as people call it. */
  readonly name: string;
  /** The codecs and what else is known, ready to be read. Plain text from the file: to be escaped. */
  readonly details: readonly string[];
  readonly width?: number;
  readonly height?: number;
  /** In seconds. */
  readonly duration?: number;
}

export const latin1 = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
