/**
 * Reads binary property lists, `bplist00`: objects in any order, a table of their offsets, and a trailer with the
 * offset of the table. Format: Apple's CFBinaryPList.c.
 */

/** Bytes of the trailer at the end of a file. */
const TRAILER_LENGTH = 32;
/** Deepest nesting that is read. */
const MAX_DEPTH = 400;
/** Largest number of values, and longest JSON in characters. Repeated references may make both grow exponentially. */
const MAX_VALUES = 500_000;
const MAX_JSON = 32_000_000;
/** Dates count from 2001: seconds from 1970 to 2001. */
const EPOCH = 978_307_200;

/** Markers of objects without content, and of dates. */
const NULL = 0x00;
const FALSE = 0x08;
const TRUE = 0x09;
const DATE = 0x33;
/** Types of the other objects: the upper half of their markers. The lower half is a size or number of elements. */
const INTEGER = 0x1;
const REAL = 0x2;
const DATA = 0x4;
const ASCII = 0x5;
const UTF16 = 0x6;
const UTF8 = 0x7;
const UID = 0x8;
const ARRAY = 0xa;
const SET = 0xc;
const DICT = 0xd;

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
  const referenceSize = bytes[end + 7] ?? 0;
  const objectCount = numberAt(end + 8, 8);
  const rootObject = numberAt(end + 16, 8);
  const tableOffset = numberAt(end + 24, 8);
  if (
    !/^[1-8]{2}$/.test(`${offsetSize}${referenceSize}`) ||
    tableOffset < 8 ||
    tableOffset + objectCount * offsetSize > end
  )
    throw new Error('the position of its table of objects is invalid');
  const parts: string[] = [];
  let length = 0;
  let values = 0;
  /** The containers around the current object. */
  const openContainers = new Set<number>();
  writeObject(rootObject);
  return parts.join('');

  function append(text: string): void {
    length += text.length;
    if (length > MAX_JSON) throw new Error(`its values are more than ${MAX_JSON / 1e6} MB`);
    parts.push(text);
  }

  /** Reads an unsigned integer of `size` bytes. It is not exact above 2^53. */
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

  /** The byte offset of an object. */
  function offsetOf(object: number): number {
    if (object >= objectCount) throw new Error(`it refers to object ${object} of ${objectCount}`);
    return numberAt(tableOffset + object * offsetSize, offsetSize);
  }

  /** Reads the number of an object's elements, whose size is `size` bytes. A number above 14 follows the marker. */
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
    if (++values > MAX_VALUES) throw new Error(`it has more than ${MAX_VALUES} values`);
    const offset = offsetOf(object);
    const marker = byteAt(offset);
    const type = marker >> 4;
    const isContainer = type === ARRAY || type === SET || type === DICT;
    if (isContainer) writeContainer(object, offset, type === DICT);
    else append(scalarJson(offset, marker));
  }

  function writeContainer(object: number, offset: number, isDict: boolean): void {
    if (openContainers.has(object)) throw new Error(`object ${object} contains itself`);
    if (openContainers.size > MAX_DEPTH) throw new Error(`it is nested more than ${MAX_DEPTH} levels deep`);
    openContainers.add(object);
    const { elementCount, elementsOffset: from } = elementsAt(offset, isDict ? 2 * referenceSize : referenceSize);
    append(isDict ? '{' : '[');
    for (let i = 0; i < elementCount; i++) {
      if (i > 0) append(',');
      if (isDict) append(`${keyOf(numberAt(from + i * referenceSize, referenceSize))}:`);
      writeObject(numberAt(from + ((isDict ? elementCount : 0) + i) * referenceSize, referenceSize));
    }
    append(isDict ? '}' : ']');
    openContainers.delete(object);
  }

  function keyOf(object: number): string {
    const offset = offsetOf(object);
    const marker = byteAt(offset);
    if (![ASCII, UTF16, UTF8].includes(marker >> 4)) throw new Error(`the key at byte ${offset} is not text`);
    return scalarJson(offset, marker);
  }

  function scalarJson(offset: number, marker: number): string {
    const type = marker >> 4;
    const size = 2 ** (marker & 15);
    if (marker === NULL) return 'null';
    if (marker === FALSE || marker === TRUE) return String(marker === TRUE);
    if (type === INTEGER && size <= 16) return integerAt(offset + 1, size);
    if (type === REAL && (size === 4 || size === 8)) return realJson(floatAt(offset + 1, size));
    if (marker === DATE) return JSON.stringify(dateOf(floatAt(offset + 1, 8)));
    if (type === UID) return `{"CF$UID":${numberAt(offset + 1, Math.min(8, (marker & 15) + 1))}}`;
    if (type === DATA) return JSON.stringify(base64(bytesAt(offset, 1)));
    if (type === ASCII) return JSON.stringify(new TextDecoder('latin1').decode(bytesAt(offset, 1)));
    if (type === UTF16) return JSON.stringify(new TextDecoder('utf-16be').decode(bytesAt(offset, 2)));
    if (type === UTF8) return JSON.stringify(new TextDecoder().decode(bytesAt(offset, 1)));
    throw new Error(`the object at byte ${offset} has an unknown type`);
  }

  /** Reads data or text, whose elements have `size` bytes. */
  function bytesAt(offset: number, size: number): Uint8Array {
    const { elementCount, elementsOffset: from } = elementsAt(offset, size);
    return bytes.subarray(from, from + elementCount * size);
  }

  /** Reads an integer. Integers of 8 and 16 bytes are signed; smaller integers are unsigned. */
  function integerAt(offset: number, size: number): string {
    if (size < 8) return String(numberAt(offset, size));
    // Throws if the integer is not inside the file.
    byteAt(offset + size - 1);
    const low = size === 8 ? view.getBigInt64(offset) : view.getBigUint64(offset + 8);
    return String(size === 8 ? low : (view.getBigInt64(offset) << 64n) + low);
  }

  function floatAt(offset: number, size: number): number {
    // Throws if the number is not inside the file.
    byteAt(offset + size - 1);
    return size === 4 ? view.getFloat32(offset) : view.getFloat64(offset);
  }
}

function realJson(value: number): string {
  return Number.isFinite(value) ? String(value) : JSON.stringify(String(value));
}

/** Converts a date to ISO 8601; a date out of range to its number of seconds. */
function dateOf(seconds: number): string {
  const date = new Date((seconds + EPOCH) * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().replace(/\.000Z$/, 'Z');
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
