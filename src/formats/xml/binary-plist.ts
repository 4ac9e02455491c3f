/**
 * Reads binary property lists, `bplist00`: objects in any order, a table of their offsets, and a trailer with the
 * offset of the table. Format: Apple's CFBinaryPList.c.
 */

const TRAILER_LENGTH = 32;
const MAX_DEPTH = 400;
/** Limits of the number of values and the length of the JSON, which may grow exponentially with repeated references. */
const LIMITS = { values: 500_000, text: 32_000_000 };
/** Seconds from 1970 to 2001, the epoch of dates. */
const EPOCH = 978_307_200;

/** Whether the first bytes are those of a binary property list. */
export function isBinaryPlist(head: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(head.subarray(0, 6)) === 'bplist';
}

/**
 * Converts a binary property list to JSON: data to Base64, dates as in XML property lists, a UID to `{"CF$UID": 1}`, as
 * plutil does. Throws an error for users if the list is damaged, cyclic or too large.
 */
export function binaryPlistJson(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 + TRAILER_LENGTH) throw new Error('it ends too early');
  const end = bytes.length - TRAILER_LENGTH;
  const offsetSize = bytes[end + 6] ?? 0;
  const refSize = bytes[end + 7] ?? 0;
  const count = numberAt(end + 8, 8);
  const rootObject = numberAt(end + 16, 8);
  const table = numberAt(end + 24, 8);
  if (!/^[1-8]{2}$/.test(`${offsetSize}${refSize}`) || table < 8 || table + count * offsetSize > end)
    throw new Error('its table of objects is not where it should be');
  const parts: string[] = [];
  let length = 0;
  let values = 0;
  const open = new Set<number>();
  writeObject(rootObject);
  return parts.join('');

  function append(text: string): void {
    length += text.length;
    if (length > LIMITS.text) throw new Error(`its values are more than ${LIMITS.text / 1e6} MB`);
    parts.push(text);
  }

  /** An unsigned integer of `size` bytes, not exact above 2^53. */
  function numberAt(offset: number, size: number): number {
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + byteAt(offset + i);
    return value;
  }

  function byteAt(offset: number): number {
    const byte = bytes[offset];
    if (byte === undefined) throw new Error(`an object at byte ${offset} is outside the file`);
    return byte;
  }

  function offsetOf(object: number): number {
    if (object >= count) throw new Error(`object ${object} is referred to, of ${count}`);
    return numberAt(table + object * offsetSize, offsetSize);
  }

  /** The number of elements of an object and their offset. A number above 14 is stored after the marker. */
  function elementsAt(offset: number, size: number): { elementCount: number; elementsOffset: number } {
    const shortCount = byteAt(offset) & 15;
    const countSize = shortCount === 15 ? 2 ** (byteAt(offset + 1) & 15) : 0;
    const elementCount = shortCount === 15 ? numberAt(offset + 2, Math.min(countSize, 8)) : shortCount;
    const elementsOffset = shortCount === 15 ? offset + 2 + countSize : offset + 1;
    if (elementsOffset + elementCount * size > end)
      throw new Error(`the object at byte ${offset} is larger than the file`);
    return { elementCount, elementsOffset };
  }

  function writeObject(object: number): void {
    if (++values > LIMITS.values) throw new Error(`it has more than ${LIMITS.values} values`);
    const offset = offsetOf(object);
    const marker = byteAt(offset);
    const kind = marker >> 4;
    if (kind === 0xa || kind === 0xc || kind === 0xd) return writeContainer(object, offset, kind === 0xd);
    append(plainJson(offset, marker, kind));
  }

  function writeContainer(object: number, offset: number, dict: boolean): void {
    if (open.has(object)) throw new Error(`object ${object} is inside of itself`);
    if (open.size > MAX_DEPTH) throw new Error(`it is nested more than ${MAX_DEPTH} levels deep`);
    open.add(object);
    const { elementCount, elementsOffset: from } = elementsAt(offset, dict ? 2 * refSize : refSize);
    append(dict ? '{' : '[');
    for (let i = 0; i < elementCount; i++) {
      if (i > 0) append(',');
      if (dict) append(`${keyOf(numberAt(from + i * refSize, refSize))}:`);
      writeObject(numberAt(from + ((dict ? elementCount : 0) + i) * refSize, refSize));
    }
    append(dict ? '}' : ']');
    open.delete(object);
  }

  function keyOf(object: number): string {
    const offset = offsetOf(object);
    const kind = byteAt(offset) >> 4;
    if (kind < 5 || kind > 7) throw new Error(`the key at byte ${offset} is not text`);
    return plainJson(offset, byteAt(offset), kind);
  }

  function plainJson(offset: number, marker: number, kind: number): string {
    const size = 2 ** (marker & 15);
    if (marker === 0) return 'null';
    if (marker === 8 || marker === 9) return String(marker === 9);
    if (kind === 1 && size <= 16) return integerAt(offset + 1, size);
    if (kind === 2 && (size === 4 || size === 8)) return real(floatAt(offset + 1, size));
    if (marker === 0x33) return JSON.stringify(dateOf(floatAt(offset + 1, 8)));
    if (kind === 8) return `{"CF$UID":${numberAt(offset + 1, Math.min(8, (marker & 15) + 1))}}`;
    if (kind === 4) return JSON.stringify(base64(textBytes(offset, 1)));
    if (kind === 5) return JSON.stringify(new TextDecoder('latin1').decode(textBytes(offset, 1)));
    if (kind === 6) return JSON.stringify(new TextDecoder('utf-16be').decode(textBytes(offset, 2)));
    if (kind === 7) return JSON.stringify(new TextDecoder().decode(textBytes(offset, 1)));
    throw new Error(`the object at byte ${offset} has an unknown type`);
  }

  function textBytes(offset: number, size: number): Uint8Array {
    const { elementCount, elementsOffset: from } = elementsAt(offset, size);
    return bytes.subarray(from, from + elementCount * size);
  }

  /** Integers of 8 and 16 bytes are signed, smaller ones are unsigned. */
  function integerAt(offset: number, size: number): string {
    if (size < 8) return String(numberAt(offset, size));
    byteAt(offset + size - 1);
    const low = size === 8 ? view.getBigInt64(offset) : view.getBigUint64(offset + 8);
    return String(size === 8 ? low : (view.getBigInt64(offset) << 64n) + low);
  }

  function floatAt(offset: number, size: number): number {
    byteAt(offset + size - 1);
    return size === 4 ? view.getFloat32(offset) : view.getFloat64(offset);
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
