/**
 * Reads tables of an SQLite database page by page, from a file or by range requests.
 * Format: https://www.sqlite.org/fileformat2.html
 */

/** Reads the bytes from `from` up to `to` (exclusive); fewer at the end of the file. */
export type Read = (from: number, to: number) => Promise<Uint8Array>;

export type Value = null | number | bigint | string | Uint8Array;

/** Decodes text in the encoding of the database. */
type Decoder = Pick<InstanceType<typeof TextDecoder>, 'decode'>;

export interface Database {
  readonly pageSize: number;
  readonly pages: number;
  /** Usable bytes of a page. */
  readonly usable: number;
  readonly decoder: Decoder;
  /** Whether the database uses a write-ahead log, which may contain newer rows. */
  readonly usesWriteAheadLog: boolean;
  page(number: number): Promise<Uint8Array>;
}

export interface Row {
  /** The row id; 0 in a table WITHOUT ROWID. */
  readonly id: number | bigint;
  readonly values: Value[];
}

/** Number of cached pages. */
const CACHE_SIZE = 64;
/** Longest record that is read, bytes; the rest is cut off, since cells show only a few characters. */
const MAX_PAYLOAD = 1 << 20;
/** Deepest b-tree that SQLite creates. */
const MAX_DEPTH = 20;

/** Reads the header of a database. Throws an error for users if it is not one. */
export async function openDatabase(read: Read, size: number): Promise<Database> {
  const head = await read(0, Math.min(size, 100));
  if (new TextDecoder('latin1').decode(head.subarray(0, 16)) !== 'SQLite format 3\0')
    throw new Error('not an SQLite database: it does not begin with "SQLite format 3" (it may be encrypted)');
  if (head.length < 100) throw new Error(`this SQLite database is incomplete: it has only ${size} bytes`);
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const pageSize = view.getUint16(16) === 1 ? 65_536 : view.getUint16(16);
  const usable = pageSize - view.getUint8(20);
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0 || usable < 480)
    throw new Error(`this SQLite database is damaged: it cannot have pages of ${pageSize} bytes`);
  const encoding = ['utf-8', 'utf-8', 'utf-16le', 'utf-16be'][view.getUint32(56)];
  if (!encoding) throw new Error('this SQLite database is damaged: its text encoding is unknown');
  const pages = Math.floor(size / pageSize);
  const cache = new Map<number, Promise<Uint8Array>>();
  return {
    pageSize,
    pages,
    usable,
    decoder: new TextDecoder(encoding),
    usesWriteAheadLog: view.getUint8(19) === 2,
    page(number) {
      if (!(number >= 1 && number <= pages)) {
        const expected = view.getUint32(28);
        const why = expected > pages ? `it is incomplete: it has ${pages} of ${expected} pages` : 'it is damaged';
        return Promise.reject(new Error(`there is no page ${number}: ${why}`));
      }
      let page = cache.get(number);
      if (!page) {
        page = read((number - 1) * pageSize, number * pageSize);
        cache.set(number, page);
        if (cache.size > CACHE_SIZE) cache.delete(cache.keys().next().value ?? 0);
      }
      return page;
    },
  };
}

/**
 * Reads the rows of the table with the root page `root`, in the order of their row ids or, in a table WITHOUT ROWID, of
 * their primary keys. Throws if the b-tree is damaged.
 */
export async function* rowsOf(database: Database, root: number): AsyncGenerator<Row> {
  const seen = new Set<number>();
  async function* walk(number: number, depth: number): AsyncGenerator<Row> {
    if (depth > MAX_DEPTH || seen.has(number)) throw new Error(`page ${number} contains itself`);
    seen.add(number);
    const page = await database.page(number);
    const { kind, cells, rightmostPage } = headerOf(page, number);
    for (const offset of cells) {
      if (kind === INTERIOR || kind === INDEX_INTERIOR) yield* walk(view(page).getUint32(offset), depth + 1);
      if (kind === LEAF) yield await rowAt(database, page, offset);
      if (kind === INDEX_LEAF) yield await keyedRowAt(database, page, offset);
      // Interior pages of an index contain rows, too.
      if (kind === INDEX_INTERIOR) yield await keyedRowAt(database, page, offset + 4);
    }
    if (rightmostPage !== undefined) yield* walk(rightmostPage, depth + 1);
  }
  yield* walk(root, 0);
}

/** The last row of a table, whose id is an estimate of the number of rows. */
export async function lastRow(database: Database, root: number): Promise<Row | undefined> {
  let number = root;
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    const page = await database.page(number);
    const { cells, rightmostPage } = headerOf(page, number);
    if (rightmostPage !== undefined) number = rightmostPage;
    else {
      const offset = cells.at(-1);
      return offset === undefined ? undefined : rowAt(database, page, offset);
    }
  }
  return undefined;
}

const INTERIOR = 5;
const LEAF = 13;
const INDEX_INTERIOR = 2;
const INDEX_LEAF = 10;

function headerOf(page: Uint8Array, number: number): { kind: number; cells: number[]; rightmostPage?: number } {
  const start = number === 1 ? 100 : 0;
  const data = view(page);
  const kind = data.getUint8(start);
  const isInner = kind === INTERIOR || kind === INDEX_INTERIOR;
  if (!isInner && kind !== LEAF && kind !== INDEX_LEAF) throw new Error(`page ${number} is not a page of a table`);
  const count = data.getUint16(start + 3);
  const from = start + (isInner ? 12 : 8);
  if (from + 2 * count > page.length) throw new Error(`page ${number} is damaged`);
  const cells = Array.from({ length: count }, (_, i) => data.getUint16(from + 2 * i));
  return { kind, cells, ...(isInner && { rightmostPage: data.getUint32(start + 8) }) };
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

async function rowAt(database: Database, page: Uint8Array, offset: number): Promise<Row> {
  const [size, afterSize] = varint(page, offset);
  const [id, start] = varint(page, afterSize);
  const payload = await payloadOf(database, page, start, Number(size), database.usable - 35);
  return { id: toNumberIfSafe(BigInt.asIntN(64, id)), values: recordOf(payload, database.decoder) };
}

async function keyedRowAt(database: Database, page: Uint8Array, offset: number): Promise<Row> {
  const [size, start] = varint(page, offset);
  const maxLocal = Math.floor(((database.usable - 12) * 64) / 255) - 23;
  const payload = await payloadOf(database, page, start, Number(size), maxLocal);
  return { id: 0, values: recordOf(payload, database.decoder) };
}

/** The payload of a cell: up to `most` bytes in its page, the others in overflow pages. */
async function payloadOf(
  database: Database,
  page: Uint8Array,
  start: number,
  size: number,
  maxLocal: number,
): Promise<Uint8Array> {
  const { usable } = database;
  if (size <= maxLocal) return page.subarray(start, start + size);
  const minLocal = Math.floor(((usable - 12) * 32) / 255) - 23;
  const localSize = minLocal + ((size - minLocal) % (usable - 4));
  const localLength = localSize <= maxLocal ? localSize : minLocal;
  const bytes = new Uint8Array(Math.min(size, MAX_PAYLOAD));
  bytes.set(page.subarray(start, start + localLength).subarray(0, bytes.length));
  let filled = Math.min(localLength, bytes.length);
  let next = view(page).getUint32(start + localLength);
  while (filled < bytes.length && next !== 0) {
    const overflowPage = await database.page(next);
    const part = overflowPage.subarray(4, Math.min(usable, 4 + bytes.length - filled));
    bytes.set(part, filled);
    filled += part.length;
    next = view(overflowPage).getUint32(0);
  }
  return bytes.subarray(0, filled);
}

/** Decodes the values of a record, as far as its bytes were read. */
function recordOf(bytes: Uint8Array, decoder: Decoder): Value[] {
  const data = view(bytes);
  const [size, first] = varint(bytes, 0);
  let offset = first;
  let value = Number(size);
  const values: Value[] = [];
  while (offset < Number(size)) {
    const [code, next] = varint(bytes, offset);
    offset = next;
    const kind = Number(code);
    const length = kind >= 12 ? Math.floor((kind - 12) / 2) : (LENGTHS[kind] ?? 0);
    const end = Math.min(bytes.length, value + length);
    if (kind >= 12) {
      const part = bytes.subarray(value, end);
      values.push(kind % 2 === 1 ? decoder.decode(part) : part.slice());
    } else if (value + length > bytes.length) values.push(null);
    else values.push(numberAt(data, value, kind));
    value += length;
  }
  return values;
}

/** Length of a value by serial type, for types below 12. */
const LENGTHS = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

function numberAt(data: DataView, offset: number, kind: number): Value {
  switch (kind) {
    case 1:
      return data.getInt8(offset);
    case 2:
      return data.getInt16(offset);
    case 3:
      return data.getInt8(offset) * 65_536 + data.getUint16(offset + 1);
    case 4:
      return data.getInt32(offset);
    case 5:
      return data.getInt16(offset) * 2 ** 32 + data.getUint32(offset + 2);
    case 6:
      return toNumberIfSafe(data.getBigInt64(offset));
    case 7:
      return data.getFloat64(offset);
    case 8:
      return 0;
    case 9:
      return 1;
    default:
      return null;
  }
}

const toNumberIfSafe = (value: bigint): number | bigint =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value;

/** Decodes a variable-length integer of one to nine bytes. Returns it and the offset after it. */
function varint(bytes: Uint8Array, from: number): [value: bigint, next: number] {
  let value = 0;
  for (let i = 0; i < 4; i++) {
    const byte = bytes[from + i];
    if (byte === undefined) throw new Error('a row is cut off');
    value = value * 128 + (byte & 127);
    if (byte < 128) return [BigInt(value), from + i + 1];
  }
  let large = BigInt(value);
  for (let i = 4; i < 9; i++) {
    const byte = bytes[from + i];
    if (byte === undefined) throw new Error('a row is cut off');
    if (i === 8) return [(large << 8n) | BigInt(byte), from + 9];
    large = (large << 7n) | BigInt(byte & 127);
    if (byte < 128) return [large, from + i + 1];
  }
  return [large, from + 9];
}
