/**
 * The value of a JSON text without the keys by which what libraries copy could reach what all objects share. Throws
 * where it is no JSON.
 */
export function parseSafely(text: string): unknown {
  // A look at each key costs more than the parsing itself. The names may be written with escapes.
  if (!/__proto__|"constructor"|\\u00/i.test(text)) return JSON.parse(text);
  return JSON.parse(text, (key, value: unknown) => (reaches(key, value) ? undefined : value));
}

/** A column may well be called `constructor`, but is no object with a prototype. */
function reaches(key: string, value: unknown): boolean {
  if (key === '__proto__') return true;
  return key === 'constructor' && typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
}
