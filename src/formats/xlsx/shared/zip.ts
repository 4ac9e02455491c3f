/** Reads single files of a zip archive, by its directory at the end, as they are needed. */

export type Read = (from: number, to: number) => Promise<Uint8Array>;

export interface ZipFile {
  readonly name: string;
  /** Where its local header is, its size as it lies there, and how it was packed. */
  readonly offset: number;
  readonly packed: number;
  /** Bytes that it has unpacked, as the archive says. */
  readonly size: number;
  readonly method: number;
}

/** Files of an archive that are looked at, and bytes of its directory. */
const MOST = 20_000;
const MAX_DIRECTORY = 8 * 1024 * 1024;
/** Bytes that are read and unpacked at a time: few at first, since a preview needs no more. */
const PARTS = [16 * 1024, 1024 * 1024] as const;

/** The directory of an archive. Throws an error for people where there is none. */
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
  for (let i = 0; i + 46 <= bytes.length && files.size < MOST && data.getUint32(i, true) === 0x02014b50; ) {
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

/** The text of a file, piece by piece; `most`: characters after which it is left, whatever more there is. */
export async function* textOfFile(read: Read, file: ZipFile, most: number): AsyncGenerator<string> {
  const head = await read(file.offset, file.offset + 30);
  if (head.length < 30 || view(head).getUint32(0, true) !== 0x04034b50)
    throw new Error(`${file.name} is not where it should be`);
  if (file.method !== 0 && file.method !== 8) throw new Error(`${file.name} is packed in a way that is not known`);
  let at = file.offset + 30 + view(head).getUint16(26, true) + view(head).getUint16(28, true);
  const end = at + file.packed;
  let next: number = PARTS[0];
  const demand = gate();
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      // What unpacks takes all it is given at once, however little of it is wanted.
      await demand.passed();
      const part = await read(at, Math.min(end, at + next));
      next = Math.min(next * 2, PARTS[1]);
      at += part.length;
      if (part.length > 0) controller.enqueue(Uint8Array.from(part));
      if (at >= end || part.length === 0) controller.close();
    },
  });
  const reader = (file.method === 8 ? packed.pipeThrough(new DecompressionStream('deflate-raw')) : packed).getReader();
  const decoder = new TextDecoder();
  let given = 0;
  try {
    while (given < most) {
      const { value, done } = await demand.until(reader.read());
      const text = decoder.decode(value, { stream: !done });
      given += text.length;
      if (text !== '') yield text;
      if (done) return;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** Lets one through at a time, when somebody waits for what comes of it and it is not there already. */
function gate(): { passed(): Promise<void>; until<T>(wanted: Promise<T>): Promise<T> } {
  let isOpen = false;
  let resume: (() => void) | undefined;
  const open = (): void => {
    isOpen = true;
    resume?.();
  };
  return {
    async passed() {
      if (!isOpen) await new Promise<void>((settle) => (resume = settle));
      isOpen = false;
      resume = undefined;
    },
    async until(wanted) {
      // Where nothing comes of one, another is let through.
      let timer = setTimeout(function ask() {
        open();
        timer = setTimeout(ask, 5);
      });
      try {
        return await wanted;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
