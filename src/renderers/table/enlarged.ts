/** A larger array with the same content: twice as large if nothing else is said. */
export function enlarged<T extends Uint8Array | Uint32Array | Float64Array>(from: T, length = from.length * 2): T {
  const Type = from.constructor as new (length: number) => T;
  const to = new Type(length);
  to.set(from);
  return to;
}
