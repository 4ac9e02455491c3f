/** Reads single files of a zip archive by byte ranges, found through the central directory at its end. */

/** Reads the bytes from `from` up to `to` (exclusive); fewer at the end of the archive. */
export type ReadRange = (from: number, to: number) => Promise<Uint8Array>;

export interface ZipFile {
  readonly name: string;
  /** Byte offset of its local file header. */
  readonly offset: number;
  readonly compressedSize: number;
  /** Uncompressed size that the archive states. */
  readonly size: number;
  /** Compression method: `STORED` or `DEFLATED`, or another, which is not supported. */
  readonly method: number;
}

const STORED = 0;
const DEFLATED = 8;

/** Signatures and sizes of the records of the format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
const LOCAL_HEADER = { signature: 0x04034b50, size: 30 };
const DIRECTORY_HEADER = { signature: 0x02014b50, size: 46 };
const END_OF_DIRECTORY = { signature: 0x06054b50, size: 22 };
/** Largest end of an archive: the end record, and a comment of at most 65,535 bytes. */
const MAX_END = END_OF_DIRECTORY.size + 65_535;

/** Largest number of files that are listed, and largest central directory in bytes. */
const MAX_FILES = 20_000;
const MAX_DIRECTORY = 8 * 1024 * 1024;
/**
 * Compressed bytes per read. The first read is small, because it is enough for a preview. Later reads are limited,
 * because a browser decompresses each at once, to up to 1,032 times its size.
 */
const FIRST_READ = 16 * 1024;
const MAX_READ = 128 * 1024;

/** Reads the central directory of an archive. Returns the files by name. Throws an error with a message for users. */
export async function zipFiles(read: ReadRange, size: number): Promise<Map<string, ZipFile>> {
  const directory = await readDirectory(read, size);
  const view = viewOf(directory);
  const files = new Map<string, ZipFile>();
  for (let offset = 0; files.size < MAX_FILES && offset + DIRECTORY_HEADER.size <= directory.length; ) {
    if (view.getUint32(offset, true) !== DIRECTORY_HEADER.signature) break;
    const nameStart = offset + DIRECTORY_HEADER.size;
    const nameEnd = nameStart + view.getUint16(offset + 28, true);
    const extraLength = view.getUint16(offset + 30, true);
    const commentLength = view.getUint16(offset + 32, true);
    // Some writers separate directories by backslashes.
    const name = new TextDecoder().decode(directory.subarray(nameStart, nameEnd)).replaceAll('\\', '/');
    files.set(name, {
      name,
      method: view.getUint16(offset + 10, true),
      compressedSize: view.getUint32(offset + 20, true),
      size: view.getUint32(offset + 24, true),
      offset: view.getUint32(offset + 42, true),
    });
    offset = nameEnd + extraLength + commentLength;
  }
  return files;
}

async function readDirectory(read: ReadRange, size: number): Promise<Uint8Array> {
  const tail = await read(Math.max(0, size - MAX_END), size);
  const view = viewOf(tail);
  let end = tail.length - END_OF_DIRECTORY.size;
  while (end >= 0 && view.getUint32(end, true) !== END_OF_DIRECTORY.signature) end--;
  if (end < 0) throw new Error('it is incomplete or not a zip archive: it does not end with a directory');
  const length = view.getUint32(end + 12, true);
  const start = view.getUint32(end + 16, true);
  if (start + length > size || length > MAX_DIRECTORY) throw new Error('its directory is damaged or too large');
  return read(start, start + length);
}

/**
 * Decompresses a file of the archive and yields its text in pieces, reading only a few pieces ahead of the consumer.
 * Ends after about `maxCharacters` characters, even if the text is longer.
 */
export async function* textOfFile(read: ReadRange, file: ZipFile, maxCharacters: number): AsyncGenerator<string> {
  const header = await read(file.offset, file.offset + LOCAL_HEADER.size);
  const view = viewOf(header);
  if (header.length < LOCAL_HEADER.size || view.getUint32(0, true) !== LOCAL_HEADER.signature)
    throw new Error(`the header of ${file.name} is missing`);
  if (file.method !== STORED && file.method !== DEFLATED)
    throw new Error(`the compression of ${file.name} is not supported`);
  const [nameLength, extraLength] = [view.getUint16(26, true), view.getUint16(28, true)];
  const start = file.offset + LOCAL_HEADER.size + nameLength + extraLength;
  const stored = byteStream(read, start, start + file.compressedSize);
  const content = file.method === DEFLATED ? stored.pipeThrough(new DecompressionStream('deflate-raw')) : stored;
  const reader = content.getReader();
  const decoder = new TextDecoder();
  let characters = 0;
  try {
    while (characters < maxCharacters) {
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

/** The bytes from `start` up to `end` (exclusive), which are read when the consumer pulls. */
function byteStream(read: ReadRange, start: number, end: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let offset = start;
  let readSize: number = FIRST_READ;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const bytes = await read(offset, Math.min(end, offset + readSize));
      offset += bytes.length;
      readSize = Math.min(readSize * 2, MAX_READ);
      // A copy, because the stream may transfer the buffer.
      if (bytes.length > 0) controller.enqueue(Uint8Array.from(bytes));
      if (offset >= end || bytes.length === 0) controller.close();
    },
  });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
