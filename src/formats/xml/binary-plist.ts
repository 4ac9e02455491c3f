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
  const plist = new BinaryPlist(bytes);
  const parts: string[] = [];
  let length = 0;
  let values = 0;
  /** The containers around the current object. */
  const openContainers = new Set<number>();
  writeObject(plist.rootObject);
  return parts.join('');

  function append(text: string): void {
    length += text.length;
    if (length > MAX_JSON) throw new Error(`its values are more than ${MAX_JSON / 1e6} MB`);
    parts.push(text);
  }

  function writeObject(object: number): void {
    if (++values > MAX_VALUES) throw new Error(`it has more than ${MAX_VALUES} values`);
    const offset = plist.offsetOf(object);
    const type = plist.byteAt(offset) >> 4;
    const isContainer = type === ARRAY || type === SET || type === DICT;
    if (isContainer) writeContainer(object, offset, type === DICT);
    else append(plist.scalarJson(offset));
  }

  function writeContainer(object: number, offset: number, isDict: boolean): void {
    if (openContainers.has(object)) throw new Error(`object ${object} contains itself`);
    if (openContainers.size > MAX_DEPTH) throw new Error(`it is nested more than ${MAX_DEPTH} levels deep`);
    openContainers.add(object);
    const { count, begin } = plist.containerAt(offset, isDict ? 2 : 1);
    append(isDict ? '{' : '[');
    for (let i = 0; i < count; i++) {
      if (i > 0) append(',');
      // The references to the keys of a dictionary precede those to its values.
      if (isDict) append(`${plist.keyJson(plist.referenceAt(begin, i))}:`);
      writeObject(plist.referenceAt(begin, isDict ? count + i : i));
    }
    append(isDict ? '}' : ']');
    openContainers.delete(object);
  }
}

/** Decodes the objects of a binary property list. The constructor and the methods throw if it is damaged. */
class BinaryPlist {
  readonly rootObject: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Byte offset after the last object and the table of offsets. */
  readonly #end: number;
  readonly #objectCount: number;
  readonly #tableOffset: number;
  /** Bytes of an offset in the table, and of a reference to an object. */
  readonly #offsetSize: number;
  readonly #referenceSize: number;

  constructor(bytes: Uint8Array) {
    if (bytes.length < 8 + TRAILER_LENGTH) throw new Error('it ends too early');
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const end = bytes.length - TRAILER_LENGTH;
    this.#end = end;
    this.#offsetSize = this.byteAt(end + 6);
    this.#referenceSize = this.byteAt(end + 7);
    this.#objectCount = this.#numberAt(end + 8, 8);
    this.rootObject = this.#numberAt(end + 16, 8);
    this.#tableOffset = this.#numberAt(end + 24, 8);
    const hasValidSizes = /^[1-8]{2}$/.test(`${this.#offsetSize}${this.#referenceSize}`);
    const tableEnd = this.#tableOffset + this.#objectCount * this.#offsetSize;
    if (!hasValidSizes || this.#tableOffset < 8 || tableEnd > end)
      throw new Error('the position of its table of objects is invalid');
  }

  byteAt(offset: number): number {
    const byte = this.#bytes[offset];
    if (byte === undefined) throw new Error(`an object at byte ${offset} is outside the file`);
    return byte;
  }

  /** The byte offset of an object. */
  offsetOf(object: number): number {
    if (object >= this.#objectCount) throw new Error(`it refers to object ${object} of ${this.#objectCount}`);
    return this.#numberAt(this.#tableOffset + object * this.#offsetSize, this.#offsetSize);
  }

  /**
   * Reads the number of a container's elements, each of which has `references` references. `begin`: byte offset of the
   * first reference.
   */
  containerAt(offset: number, references: number): { count: number; begin: number } {
    return this.#elementsAt(offset, references * this.#referenceSize);
  }

  /** The object that a reference of a container refers to. */
  referenceAt(begin: number, index: number): number {
    return this.#numberAt(begin + index * this.#referenceSize, this.#referenceSize);
  }

  /** Converts a key of a dictionary, which is a text, to JSON. */
  keyJson(object: number): string {
    const offset = this.offsetOf(object);
    if (![ASCII, UTF16, UTF8].includes(this.byteAt(offset) >> 4))
      throw new Error(`the key at byte ${offset} is not text`);
    return this.scalarJson(offset);
  }

  /** Converts an object that is not a container to JSON. */
  scalarJson(offset: number): string {
    const marker = this.byteAt(offset);
    const type = marker >> 4;
    const size = 2 ** (marker & 15);
    if (marker === NULL) return 'null';
    if (marker === FALSE || marker === TRUE) return String(marker === TRUE);
    if (type === INTEGER && size <= 16) return this.#integerAt(offset + 1, size);
    if (type === REAL && (size === 4 || size === 8)) return realJson(this.#floatAt(offset + 1, size));
    if (marker === DATE) return JSON.stringify(dateOf(this.#floatAt(offset + 1, 8)));
    if (type === UID) return `{"CF$UID":${this.#numberAt(offset + 1, Math.min(8, (marker & 15) + 1))}}`;
    if (type === DATA) return JSON.stringify(base64(this.#contentAt(offset, 1)));
    if (type === ASCII) return JSON.stringify(new TextDecoder('latin1').decode(this.#contentAt(offset, 1)));
    if (type === UTF16) return JSON.stringify(new TextDecoder('utf-16be').decode(this.#contentAt(offset, 2)));
    if (type === UTF8) return JSON.stringify(new TextDecoder().decode(this.#contentAt(offset, 1)));
    throw new Error(`the object at byte ${offset} has an unknown type`);
  }

  /** Reads an unsigned integer of `size` bytes. It is not exact above 2^53. */
  #numberAt(offset: number, size: number): number {
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + this.byteAt(offset + i);
    return value;
  }

  /**
   * Reads the number of an object's elements, which have `size` bytes each. A number above 14 follows the marker.
   * `begin`: byte offset of the first element.
   */
  #elementsAt(offset: number, size: number): { count: number; begin: number } {
    const shortCount = this.byteAt(offset) & 15;
    const countSize = shortCount === 15 ? 2 ** (this.byteAt(offset + 1) & 15) : 0;
    const count = shortCount === 15 ? this.#numberAt(offset + 2, Math.min(countSize, 8)) : shortCount;
    const begin = shortCount === 15 ? offset + 2 + countSize : offset + 1;
    if (begin + count * size > this.#end) throw new Error(`the object at byte ${offset} is larger than the file`);
    return { count, begin };
  }

  /** The bytes of data or text, whose elements have `size` bytes. */
  #contentAt(offset: number, size: number): Uint8Array {
    const { count, begin } = this.#elementsAt(offset, size);
    return this.#bytes.subarray(begin, begin + count * size);
  }

  /** Reads an integer. Integers of 8 and 16 bytes are signed; smaller integers are unsigned. */
  #integerAt(offset: number, size: number): string {
    if (size < 8) return String(this.#numberAt(offset, size));
    this.#checkRange(offset, size);
    if (size === 8) return String(this.#view.getBigInt64(offset));
    return String((this.#view.getBigInt64(offset) << 64n) + this.#view.getBigUint64(offset + 8));
  }

  #floatAt(offset: number, size: number): number {
    this.#checkRange(offset, size);
    return size === 4 ? this.#view.getFloat32(offset) : this.#view.getFloat64(offset);
  }

  /** Throws if the file ends before `size` bytes from byte `offset` on. */
  #checkRange(offset: number, size: number): void {
    this.byteAt(offset + size - 1);
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
