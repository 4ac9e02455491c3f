/**
 * Reads tables from an SQLite database by pages, as they are needed: by a few reads here, by range requests in a page.
 * The format is that of https://www.sqlite.org/fileformat2.html.
 */

/** Reads bytes `from` up to, not including, `to`; fewer where the file ends. */
export type Read = (from: number, to: number) => Promise<Uint8Array>;

export type Value = null | number | bigint | string | Uint8Array;

/** Decodes text in the encoding of the database. */
type Decoder = Pick<InstanceType<typeof TextDecoder>, 'decode'>;

export interface Database {
  readonly pageSize: number;
  readonly pages: number;
  /** Bytes of a page that hold data. */
  readonly usable: number;
  readonly decoder: Decoder;
  /** Changes are first written to another file, which may have newer rows. */
  readonly walled: boolean;
  page(number: number): Promise<Uint8Array>;
}

export interface Row {
  /** Its number; 0 in a table without such. */
  readonly id: number | bigint;
  readonly values: Value[];
}

/** Pages that are kept. */
const KEPT = 64;
/** A value larger than this is cut: it is shown with a few letters anyway. */
const MAX_PAYLOAD = 1 << 20;
/** No tree that SQLite makes is deeper. */
const MAX_DEPTH = 20;

/** Reads the head of a database. Throws an error for people where it is none. */
export async function openDatabase(read: Read, size: number): Promise<Database> {
  const head = await read(0, Math.min(size, 100));
  if (new TextDecoder('latin1').decode(head.subarray(0, 16)) !== 'SQLite format 3\0')
    throw new Error('not an SQLite database: it does not begin with "SQLite format 3" (it may be encrypted)');
  if (head.length < 100) throw new Error(`this SQLite database is not whole: it has only ${size} bytes`);
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const pageSize = view.getUint16(16) === 1 ? 65_536 : view.getUint16(16);
  const usable = pageSize - view.getUint8(20);
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0 || usable < 480)
    throw new Error(`this SQLite database is broken: it cannot have pages of ${pageSize} bytes`);
  const encoding = ['utf-8', 'utf-8', 'utf-16le', 'utf-16be'][view.getUint32(56)];
  if (!encoding) throw new Error('this SQLite database is broken: its text has no known encoding');
  const pages = Math.floor(size / pageSize);
  const kept = new Map<number, Promise<Uint8Array>>();
  return {
    pageSize,
    pages,
    usable,
    decoder: new TextDecoder(encoding),
    walled: view.getUint8(19) === 2,
    page(number) {
      if (!(number >= 1 && number <= pages)) {
        const said = view.getUint32(28);
        const why =
          said > pages ? `it is not whole: ${said} pages of it should be there, and ${pages} are` : 'it is broken';
        return Promise.reject(new Error(`there is no page ${number}: ${why}`));
      }
      let page = kept.get(number);
      if (!page) {
        page = read((number - 1) * pageSize, number * pageSize);
        kept.set(number, page);
        if (kept.size > KEPT) kept.delete(kept.keys().next().value ?? 0);
      }
      return page;
    },
  };
}

/**
 * The rows of the table whose tree begins at page `root`, in the order of their ids, or of their keys where a table has no
 * ids and is kept in an index. Throws where the tree is broken.
 */
export async function* rowsOf(database: Database, root: number): AsyncGenerator<Row> {
  const seen = new Set<number>();
  async function* walk(number: number, depth: number): AsyncGenerator<Row> {
    if (depth > MAX_DEPTH || seen.has(number)) throw new Error(`page ${number} leads back to itself`);
    seen.add(number);
    const page = await database.page(number);
    const { kind, cells, right } = headerOf(page, number);
    for (const at of cells) {
      if (kind === INTERIOR || kind === INDEX_INTERIOR) yield* walk(view(page).getUint32(at), depth + 1);
      if (kind === LEAF) yield await rowAt(database, page, at);
      if (kind === INDEX_LEAF) yield await keyedRowAt(database, page, at);
      // Rows of an index are in the pages between its leaves too.
      if (kind === INDEX_INTERIOR) yield await keyedRowAt(database, page, at + 4);
    }
    if (right !== undefined) yield* walk(right, depth + 1);
  }
  yield* walk(root, 0);
}

/** The last row of a table: its id tells about how many there are. */
export async function lastRow(database: Database, root: number): Promise<Row | undefined> {
  let number = root;
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    const page = await database.page(number);
    const { cells, right } = headerOf(page, number);
    if (right !== undefined) number = right;
    else {
      const at = cells.at(-1);
      return at === undefined ? undefined : rowAt(database, page, at);
    }
  }
  return undefined;
}

const INTERIOR = 5;
const LEAF = 13;
const INDEX_INTERIOR = 2;
const INDEX_LEAF = 10;

function headerOf(page: Uint8Array, number: number): { kind: number; cells: number[]; right?: number } {
  const start = number === 1 ? 100 : 0;
  const data = view(page);
  const kind = data.getUint8(start);
  const isInner = kind === INTERIOR || kind === INDEX_INTERIOR;
  if (!isInner && kind !== LEAF && kind !== INDEX_LEAF) throw new Error(`page ${number} is no part of a table`);
  const count = data.getUint16(start + 3);
  const from = start + (isInner ? 12 : 8);
  if (from + 2 * count > page.length) throw new Error(`page ${number} is broken`);
  const cells = Array.from({ length: count }, (_, i) => data.getUint16(from + 2 * i));
  return { kind, cells, ...(isInner && { right: data.getUint32(start + 8) }) };
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

async function rowAt(database: Database, page: Uint8Array, at: number): Promise<Row> {
  const [size, afterSize] = varint(page, at);
  const [id, start] = varint(page, afterSize);
  const payload = await payloadOf(database, page, start, Number(size), database.usable - 35);
  return { id: small(BigInt.asIntN(64, id)), values: recordOf(payload, database.decoder) };
}

async function keyedRowAt(database: Database, page: Uint8Array, at: number): Promise<Row> {
  const [size, start] = varint(page, at);
  const most = Math.floor(((database.usable - 12) * 64) / 255) - 23;
  const payload = await payloadOf(database, page, start, Number(size), most);
  return { id: 0, values: recordOf(payload, database.decoder) };
}

/** The bytes of a record: those in its page, at most `most`, and those in pages of their own. */
async function payloadOf(
  database: Database,
  page: Uint8Array,
  start: number,
  size: number,
  most: number,
): Promise<Uint8Array> {
  const { usable } = database;
  if (size <= most) return page.subarray(start, start + size);
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const fitting = least + ((size - least) % (usable - 4));
  const local = fitting <= most ? fitting : least;
  const bytes = new Uint8Array(Math.min(size, MAX_PAYLOAD));
  bytes.set(page.subarray(start, start + local).subarray(0, bytes.length));
  let filled = Math.min(local, bytes.length);
  let next = view(page).getUint32(start + local);
  while (filled < bytes.length && next !== 0) {
    const more = await database.page(next);
    const part = more.subarray(4, Math.min(usable, 4 + bytes.length - filled));
    bytes.set(part, filled);
    filled += part.length;
    next = view(more).getUint32(0);
  }
  return bytes.subarray(0, filled);
}

/** The values of a record. What is cut off is left out. */
function recordOf(bytes: Uint8Array, decoder: Decoder): Value[] {
  const data = view(bytes);
  const [size, first] = varint(bytes, 0);
  let at = first;
  let value = Number(size);
  const values: Value[] = [];
  while (at < Number(size)) {
    const [code, next] = varint(bytes, at);
    at = next;
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

/** Bytes of a value by its code, where that says it. */
const LENGTHS = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

function numberAt(data: DataView, at: number, kind: number): Value {
  switch (kind) {
    case 1:
      return data.getInt8(at);
    case 2:
      return data.getInt16(at);
    case 3:
      return data.getInt8(at) * 65_536 + data.getUint16(at + 1);
    case 4:
      return data.getInt32(at);
    case 5:
      return data.getInt16(at) * 2 ** 32 + data.getUint32(at + 2);
    case 6:
      return small(data.getBigInt64(at));
    case 7:
      return data.getFloat64(at);
    case 8:
      return 0;
    case 9:
      return 1;
    default:
      return null;
  }
}

const small = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

/** A whole number of one to nine bytes, and where what follows begins. */
function varint(bytes: Uint8Array, from: number): [value: bigint, next: number] {
  let value = 0;
  for (let i = 0; i < 4; i++) {
    const byte = bytes[from + i];
    if (byte === undefined) throw new Error('a row ends before its end');
    value = value * 128 + (byte & 127);
    if (byte < 128) return [BigInt(value), from + i + 1];
  }
  let large = BigInt(value);
  for (let i = 4; i < 9; i++) {
    const byte = bytes[from + i];
    if (byte === undefined) throw new Error('a row ends before its end');
    if (i === 8) return [(large << 8n) | BigInt(byte), from + 9];
    large = (large << 7n) | BigInt(byte & 127);
    if (byte < 128) return [large, from + i + 1];
  }
  return [large, from + 9];
}
