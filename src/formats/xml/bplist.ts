/**
 * Binary property lists, `bplist00`: objects in any order, a table of where each begins, and at the end a trailer that says
 * where the table is. Described in Apple's CFBinaryPList.c.
 */

const TRAILER = 32;
const DEEPEST = 400;
/** So many values are read, and so long a text is made of them: objects may be referred to many times. */
const MOST = { values: 500_000, text: 32_000_000 };
/** Seconds from 1970 to 2001, from which dates are counted. */
const EPOCH = 978_307_200;

/** Whether the first bytes are those of a binary property list. */
export function isBinaryPlist(head: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(head.subarray(0, 6)) === 'bplist';
}

/**
 * A binary property list as JSON of its values: data in Base64 and dates as in XML property lists, a UID as `{"CF$UID": 1}`,
 * as plutil writes them. Throws an error that says what is wrong where it is damaged, refers to itself, or has too much in it.
 */
export function binaryPlistJson(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 + TRAILER) throw new Error('it ends too early');
  const end = bytes.length - TRAILER;
  const offsetSize = bytes[end + 6] ?? 0;
  const refSize = bytes[end + 7] ?? 0;
  const count = numberAt(end + 8, 8);
  const top = numberAt(end + 16, 8);
  const table = numberAt(end + 24, 8);
  if (!/^[1-8]{2}$/.test(`${offsetSize}${refSize}`) || table < 8 || table + count * offsetSize > end)
    throw new Error('its table of objects is not where it should be');
  const out: string[] = [];
  let length = 0;
  let values = 0;
  const open = new Set<number>();
  write(top);
  return out.join('');

  function put(text: string): void {
    length += text.length;
    if (length > MOST.text) throw new Error(`its values are more than ${MOST.text / 1e6} MB`);
    out.push(text);
  }

  /** An unsigned number of so many bytes; beyond 2^53 it is not exact, and no place. */
  function numberAt(at: number, size: number): number {
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + byteAt(at + i);
    return value;
  }

  function byteAt(at: number): number {
    const byte = bytes[at];
    if (byte === undefined) throw new Error(`an object at byte ${at} would lie outside of it`);
    return byte;
  }

  function placeOf(object: number): number {
    if (object >= count) throw new Error(`object ${object} is referred to, of ${count}`);
    return numberAt(table + object * offsetSize, offsetSize);
  }

  /** How many parts an object has, and where they begin: a number of its own follows where four bits are too few. */
  function partsOf(at: number, size: number): { many: number; from: number } {
    const few = byteAt(at) & 15;
    const wide = few === 15 ? 2 ** (byteAt(at + 1) & 15) : 0;
    const many = few === 15 ? numberAt(at + 2, Math.min(wide, 8)) : few;
    const from = few === 15 ? at + 2 + wide : at + 1;
    if (from + many * size > end) throw new Error(`the object at byte ${at} is larger than the file`);
    return { many, from };
  }

  function write(object: number): void {
    if (++values > MOST.values) throw new Error(`it has more than ${MOST.values} values`);
    const at = placeOf(object);
    const marker = byteAt(at);
    const kind = marker >> 4;
    if (kind === 0xa || kind === 0xc || kind === 0xd) return writeMany(object, at, kind === 0xd);
    put(plainJson(at, marker, kind));
  }

  function writeMany(object: number, at: number, dict: boolean): void {
    if (open.has(object)) throw new Error(`object ${object} is inside of itself`);
    if (open.size > DEEPEST) throw new Error(`it is nested more than ${DEEPEST} levels deep`);
    open.add(object);
    const { many, from } = partsOf(at, dict ? 2 * refSize : refSize);
    put(dict ? '{' : '[');
    for (let i = 0; i < many; i++) {
      if (i > 0) put(',');
      if (dict) put(`${keyOf(numberAt(from + i * refSize, refSize))}:`);
      write(numberAt(from + ((dict ? many : 0) + i) * refSize, refSize));
    }
    put(dict ? '}' : ']');
    open.delete(object);
  }

  function keyOf(object: number): string {
    const at = placeOf(object);
    const kind = byteAt(at) >> 4;
    if (kind < 5 || kind > 7) throw new Error(`the key at byte ${at} is no text`);
    return plainJson(at, byteAt(at), kind);
  }

  function plainJson(at: number, marker: number, kind: number): string {
    const size = 2 ** (marker & 15);
    if (marker === 0) return 'null';
    if (marker === 8 || marker === 9) return String(marker === 9);
    if (kind === 1 && size <= 16) return integerAt(at + 1, size);
    if (kind === 2 && (size === 4 || size === 8)) return real(floatAt(at + 1, size));
    if (marker === 0x33) return JSON.stringify(dateOf(floatAt(at + 1, 8)));
    if (kind === 8) return `{"CF$UID":${numberAt(at + 1, Math.min(8, (marker & 15) + 1))}}`;
    if (kind === 4) return JSON.stringify(base64(textBytes(at, 1)));
    if (kind === 5) return JSON.stringify(new TextDecoder('latin1').decode(textBytes(at, 1)));
    if (kind === 6) return JSON.stringify(new TextDecoder('utf-16be').decode(textBytes(at, 2)));
    if (kind === 7) return JSON.stringify(new TextDecoder().decode(textBytes(at, 1)));
    throw new Error(`the object at byte ${at} is of no kind that is known`);
  }

  function textBytes(at: number, size: number): Uint8Array {
    const { many, from } = partsOf(at, size);
    return bytes.subarray(from, from + many * size);
  }

  /** Integers of eight bytes have a sign, smaller ones have none. */
  function integerAt(at: number, size: number): string {
    if (size < 8) return String(numberAt(at, size));
    byteAt(at + size - 1);
    const low = size === 8 ? view.getBigInt64(at) : view.getBigUint64(at + 8);
    return String(size === 8 ? low : (view.getBigInt64(at) << 64n) + low);
  }

  function floatAt(at: number, size: number): number {
    byteAt(at + size - 1);
    return size === 4 ? view.getFloat32(at) : view.getFloat64(at);
  }
}

const real = (value: number): string => (Number.isFinite(value) ? String(value) : JSON.stringify(String(value)));

function dateOf(seconds: number): string {
  const date = new Date((seconds + EPOCH) * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().replace(/\.000Z$/, 'Z');
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
