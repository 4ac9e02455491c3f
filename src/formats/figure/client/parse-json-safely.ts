/**
 * Parses JSON without the keys that refer to prototypes: a library that copies them could modify `Object.prototype`.
 * @throws SyntaxError for invalid JSON
 */
export function parseSafely(text: string): unknown {
  // Checking each key is slower than parsing, so search the text first. The names may contain escapes.
  if (!/__proto__|"constructor"|\\u00/i.test(text)) return JSON.parse(text);
  return JSON.parse(text, (key, value: unknown) => (reachesPrototype(key, value) ? undefined : value));
}

/** Whether a member refers to a prototype. A member `constructor` without `prototype` is ordinary data. */
function reachesPrototype(key: string, value: unknown): boolean {
  if (key === '__proto__') return true;
  return key === 'constructor' && typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
}
