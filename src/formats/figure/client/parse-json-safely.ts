/**
 * Parses JSON and removes keys that would let libraries, which copy values carelessly, modify `Object.prototype`.
 * @throws SyntaxError for invalid JSON
 */
export function parseSafely(text: string): unknown {
  // Checking each key costs more than parsing, so look for the names first; they may contain escapes.
  if (!/__proto__|"constructor"|\\u00/i.test(text)) return JSON.parse(text);
  return JSON.parse(text, (key, value: unknown) => (reachesPrototype(key, value) ? undefined : value));
}

/** Data may contain a column `constructor`, so that key is only removed from objects with a `prototype`. */
function reachesPrototype(key: string, value: unknown): boolean {
  if (key === '__proto__') return true;
  return key === 'constructor' && typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
}
