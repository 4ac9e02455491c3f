/** Reads single files of a zip archive by byte ranges, found through the central directory at its end. */

export type Read = (from: number, to: number) => Promise<Uint8Array>;

export interface ZipFile {
  readonly name: string;
  /** Byte offset of its local header, its compressed size, and its compression method: 0 stored, 8 deflated. */
  readonly offset: number;
  readonly packed: number;
  readonly method: number;
  /** Its uncompressed size according to the archive. */
  readonly size: number;
}

/** Files listed of an archive, and bytes of its central directory. */
const MAX_FILES = 20_000;
const MAX_DIRECTORY = 8 * 1024 * 1024;
/**
 * Compressed bytes read at a time. The first read is small, since a preview needs no more. A browser decompresses a
 * whole part at once, to as much as 1,032 times its size, so parts stay small.
 */
const FIRST_PART = 16 * 1024;
const MAX_PART = 128 * 1024;

/** Reads the central directory of an archive. Throws an error with a message for users when there is none. */
export async function zipFiles(read: Read, size: number): Promise<Map<string, ZipFile>> {
  const tail = await read(Math.max(0, size - 65_557), size);
  const ends = view(tail);
  let at = tail.length - 22;
  while (at >= 0 && ends.getUint32(at, true) !== 0x06054b50) at--;
  if (at < 0) throw new Error('it is not whole, or no zip archive: the directory at its end is missing');
  const [length, start] = [ends.getUint32(at + 12, true), ends.getUint32(at + 16, true)];
  if (start + length > size || length > MAX_DIRECTORY) throw new Error('its directory is broken, or too large');
  const bytes = await read(start, start + length);
  const data = view(bytes);
  const files = new Map<string, ZipFile>();
  for (let i = 0; i + 46 <= bytes.length && files.size < MAX_FILES && data.getUint32(i, true) === 0x02014b50; ) {
    const [name, extra, comment] = [28, 30, 32].map((field) => data.getUint16(i + field, true)) as [
      number,
      number,
      number,
    ];
    const text = new TextDecoder().decode(bytes.subarray(i + 46, i + 46 + name)).replaceAll('\\', '/');
    const [packed, offset] = [data.getUint32(i + 20, true), data.getUint32(i + 42, true)];
    const [size, method] = [data.getUint32(i + 24, true), data.getUint16(i + 10, true)];
    files.set(text, { name: text, packed, size, offset, method });
    i += 46 + name + extra + comment;
  }
  return files;
}

/**
 * Decompresses a file of the archive and yields its text in pieces. Reads and decompresses only a few pieces ahead of
 * the consumer. Ends after about `most` characters, however many more there are.
 */
export async function* textOfFile(read: Read, file: ZipFile, most: number): AsyncGenerator<string> {
  const head = await read(file.offset, file.offset + 30);
  if (head.length < 30 || view(head).getUint32(0, true) !== 0x04034b50)
    throw new Error(`${file.name} is not where it should be`);
  if (file.method !== 0 && file.method !== 8) throw new Error(`${file.name} is packed in a way that is not known`);
  const start = file.offset + 30 + view(head).getUint16(26, true) + view(head).getUint16(28, true);
  const stored = byteStream(read, start, start + file.packed);
  const reader = (file.method === 8 ? stored.pipeThrough(new DecompressionStream('deflate-raw')) : stored).getReader();
  const decoder = new TextDecoder();
  let characters = 0;
  try {
    while (characters < most) {
      const { value, done } = await reader.read();
      const text = decoder.decode(value, { stream: !done });
      characters += text.length;
      if (text !== '') yield text;
      if (done) return;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** The bytes from `start` to `end`, read when the stream's consumer wants more. */
function byteStream(read: Read, start: number, end: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = start;
  let size: number = FIRST_PART;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const part = await read(at, Math.min(end, at + size));
      at += part.length;
      size = Math.min(size * 2, MAX_PART);
      // A copy, since the stream may transfer the buffer.
      if (part.length > 0) controller.enqueue(Uint8Array.from(part));
      if (at >= end || part.length === 0) controller.close();
    },
  });
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
