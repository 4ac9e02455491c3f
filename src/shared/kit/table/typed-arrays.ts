type TypedArray = Uint8Array | Uint32Array | Float64Array;

/** A copy of an array with a larger length, by default twice its length. */
export function grow<T extends TypedArray>(from: T, length = from.length * 2): T {
  const to = allocateLike(from, length);
  to.set(from);
  return to;
}

/** Concatenates arrays of one type. */
export function concatenate<T extends TypedArray>(parts: readonly [T, ...T[]]): T {
  const all = allocateLike(
    parts[0],
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function allocateLike<T extends TypedArray>(like: T, length: number): T {
  const Type = like.constructor as new (length: number) => T;
  return new Type(length);
}

/** The index of the last number that is at most `limit`. The numbers ascend, and the first is at most `limit`. */
export function lastAtMost(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((numbers[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
