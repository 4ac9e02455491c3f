/**
 * Reads tables of an SQLite database page by page, from a file or by range requests.
 * Format: https://www.sqlite.org/fileformat2.html
 */

/** Reads the bytes from `from` up to `to` (exclusive); fewer at the end of the file. */
export type ReadRange = (from: number, to: number) => Promise<Uint8Array>;

/** The value of a column in a row. Integers beyond 2^53 are bigint. */
export type Value = null | number | bigint | string | Uint8Array;

/** Decodes text in the encoding of the database. */
type Decoder = Pick<InstanceType<typeof TextDecoder>, 'decode'>;

export interface Database {
  /** Number of complete pages in the file. */
  readonly pages: number;
  /** Bytes of a page without its reserved space. */
  readonly usableSize: number;
  readonly decoder: Decoder;
  /** Whether the database uses a write-ahead log, which may contain newer rows. */
  readonly usesWriteAheadLog: boolean;
  /** Reads a page; the first has the number 1. Rejects if the file does not contain it. */
  page(number: number): Promise<Uint8Array>;
}

export interface Row {
  /** The row id; 0 in a table WITHOUT ROWID. */
  readonly id: number | bigint;
  readonly values: Value[];
}

/** Number of cached pages. */
const CACHE_SIZE = 64;
/** Bytes of a record that are read. The rest is ignored, because cells show only a few characters. */
const MAX_PAYLOAD = 1 << 20;
/** Deepest b-tree that SQLite creates. */
const MAX_DEPTH = 20;

/** Reads the header of a database. Throws an error with a message for users if the file is not a database. */
export async function openDatabase(read: ReadRange, size: number): Promise<Database> {
  const head = await read(0, Math.min(size, 100));
  if (new TextDecoder('latin1').decode(head.subarray(0, 16)) !== 'SQLite format 3\0')
    throw new Error('not an SQLite database: it does not begin with "SQLite format 3" (it may be encrypted)');
  if (head.length < 100) throw new Error(`this SQLite database is incomplete: it has only ${size} bytes`);
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const pageSize = view.getUint16(16) === 1 ? 65_536 : view.getUint16(16);
  const usableSize = pageSize - view.getUint8(20);
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0 || usableSize < 480)
    throw new Error(`this SQLite database is damaged: it cannot have pages of ${pageSize} bytes`);
  const encoding = ['utf-8', 'utf-8', 'utf-16le', 'utf-16be'][view.getUint32(56)];
  if (!encoding) throw new Error('this SQLite database is damaged: its text encoding is unknown');
  const pages = Math.floor(size / pageSize);
  const cache = new Map<number, Promise<Uint8Array>>();
  return {
    pages,
    usableSize,
    decoder: new TextDecoder(encoding),
    usesWriteAheadLog: view.getUint8(19) === 2,
    page(number) {
      if (!(number >= 1 && number <= pages)) {
        const expected = view.getUint32(28);
        const reason = expected > pages ? `it is incomplete: it has ${pages} of ${expected} pages` : 'it is damaged';
        return Promise.reject(new Error(`there is no page ${number}: ${reason}`));
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
  const visitedPages = new Set<number>();
  async function* walk(number: number, depth: number): AsyncGenerator<Row> {
    if (visitedPages.has(number)) throw new Error(`page ${number} occurs twice in a table`);
    if (depth > MAX_DEPTH) throw new Error(`page ${number} is nested too deep`);
    visitedPages.add(number);
    const page = await database.page(number);
    const { type, cells, rightmostPage } = headerOf(page, number);
    for (const offset of cells) {
      if (type === TABLE_INTERIOR || type === INDEX_INTERIOR) yield* walk(view(page).getUint32(offset), depth + 1);
      if (type === TABLE_LEAF) yield await rowAt(database, page, offset);
      if (type === INDEX_LEAF) yield await keyedRowAt(database, page, offset);
      // In a table WITHOUT ROWID, interior pages contain rows, too.
      if (type === INDEX_INTERIOR) yield await keyedRowAt(database, page, offset + 4);
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

/** Types of b-tree pages. A table WITHOUT ROWID is stored as an index. */
const TABLE_INTERIOR = 5;
const TABLE_LEAF = 13;
const INDEX_INTERIOR = 2;
const INDEX_LEAF = 10;

interface PageHeader {
  readonly type: number;
  /** Byte offsets of the cells in the page. */
  readonly cells: readonly number[];
  /** The last child of an interior page. */
  readonly rightmostPage?: number;
}

function headerOf(page: Uint8Array, number: number): PageHeader {
  // The first page begins with the header of the database.
  const start = number === 1 ? 100 : 0;
  const data = view(page);
  const type = data.getUint8(start);
  const isInterior = type === TABLE_INTERIOR || type === INDEX_INTERIOR;
  if (!isInterior && type !== TABLE_LEAF && type !== INDEX_LEAF)
    throw new Error(`page ${number} is not a page of a table`);
  const count = data.getUint16(start + 3);
  const from = start + (isInterior ? 12 : 8);
  if (from + 2 * count > page.length) throw new Error(`page ${number} is damaged`);
  const cells = Array.from({ length: count }, (_, i) => data.getUint16(from + 2 * i));
  return { type, cells, ...(isInterior && { rightmostPage: data.getUint32(start + 8) }) };
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** Reads a cell of a leaf page of a table: its payload size, row id and record. */
async function rowAt(database: Database, page: Uint8Array, offset: number): Promise<Row> {
  const [size, afterSize] = varint(page, offset);
  const [id, start] = varint(page, afterSize);
  const payload = await payloadOf(database, page, start, Number(size), database.usableSize - 35);
  return { id: toNumberIfSafe(BigInt.asIntN(64, id)), values: recordOf(payload, database.decoder) };
}

/** Reads a cell of a table WITHOUT ROWID, after the page number if it has one: its payload size and record. */
async function keyedRowAt(database: Database, page: Uint8Array, offset: number): Promise<Row> {
  const [size, start] = varint(page, offset);
  const maxLocal = Math.floor(((database.usableSize - 12) * 64) / 255) - 23;
  const payload = await payloadOf(database, page, start, Number(size), maxLocal);
  return { id: 0, values: recordOf(payload, database.decoder) };
}

/**
 * Reads the payload of a cell, `size` bytes from byte `start` of its page on. A payload larger than `maxLocal`
 * continues in overflow pages.
 */
async function payloadOf(
  database: Database,
  page: Uint8Array,
  start: number,
  size: number,
  maxLocal: number,
): Promise<Uint8Array> {
  const { usableSize } = database;
  if (size <= maxLocal) return page.subarray(start, start + size);
  const minLocal = Math.floor(((usableSize - 12) * 32) / 255) - 23;
  const preferredLocal = minLocal + ((size - minLocal) % (usableSize - 4));
  const localLength = preferredLocal <= maxLocal ? preferredLocal : minLocal;
  const bytes = new Uint8Array(Math.min(size, MAX_PAYLOAD));
  bytes.set(page.subarray(start, start + localLength).subarray(0, bytes.length));
  let filled = Math.min(localLength, bytes.length);
  let next = view(page).getUint32(start + localLength);
  while (filled < bytes.length && next !== 0) {
    const overflowPage = await database.page(next);
    const part = overflowPage.subarray(4, Math.min(usableSize, 4 + bytes.length - filled));
    bytes.set(part, filled);
    filled += part.length;
    next = view(overflowPage).getUint32(0);
  }
  return bytes.subarray(0, filled);
}

/**
 * Decodes a record: serial types, then values. Numbers beyond the end of `bytes` become null, and texts are cut off.
 */
function recordOf(bytes: Uint8Array, decoder: Decoder): Value[] {
  const data = view(bytes);
  const [headerSize, firstType] = varint(bytes, 0);
  let typeOffset = firstType;
  let valueOffset = Number(headerSize);
  const values: Value[] = [];
  while (typeOffset < Number(headerSize)) {
    const [type, nextType] = varint(bytes, typeOffset);
    typeOffset = nextType;
    const serialType = Number(type);
    const length = serialType >= 12 ? Math.floor((serialType - 12) / 2) : (LENGTHS[serialType] ?? 0);
    const end = Math.min(bytes.length, valueOffset + length);
    if (serialType >= 12) {
      const content = bytes.subarray(valueOffset, end);
      values.push(serialType % 2 === 1 ? decoder.decode(content) : content.slice());
    } else if (valueOffset + length > bytes.length) values.push(null);
    else values.push(numberAt(data, valueOffset, serialType));
    valueOffset += length;
  }
  return values;
}

/** Length of a value by serial type, for types below 12. */
const LENGTHS = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

function numberAt(data: DataView, offset: number, serialType: number): Value {
  switch (serialType) {
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
    if (byte === undefined) throw new Error('a row is truncated');
    value = value * 128 + (byte & 127);
    if (byte < 128) return [BigInt(value), from + i + 1];
  }
  let largeValue = BigInt(value);
  for (let i = 4; i < 9; i++) {
    const byte = bytes[from + i];
    if (byte === undefined) throw new Error('a row is truncated');
    if (i === 8) return [(largeValue << 8n) | BigInt(byte), from + 9];
    largeValue = (largeValue << 7n) | BigInt(byte & 127);
    if (byte < 128) return [largeValue, from + i + 1];
  }
  return [largeValue, from + 9];
}
