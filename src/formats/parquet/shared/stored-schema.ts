import type { FileMetaData, SchemaElement } from 'hyparquet';

/**
 * The metadata with a schema by which the library returns values as they are stored: decimals as integers or bytes, and
 * maps as lists of pairs. It would convert decimals to floating point, and keep one value of each key.
 */
export function withStoredValues(metadata: FileMetaData): FileMetaData {
  return { ...metadata, schema: metadata.schema.map(storedElement) };
}

function storedElement(element: SchemaElement): SchemaElement {
  const { converted_type: converted, logical_type: logical } = element;
  const isConverted =
    converted === 'DECIMAL' || converted === 'MAP' || converted === 'MAP_KEY_VALUE' || logical?.type === 'DECIMAL';
  if (!isConverted) return element;
  const stored = { ...element };
  delete stored.converted_type;
  delete stored.logical_type;
  return stored;
}

/** The integer of a decimal: as stored, or from its big-endian bytes. Other values are returned as they are. */
export function unscaledOf(value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return value;
  let unscaled = 0n;
  for (const byte of value) unscaled = (unscaled << 8n) | BigInt(byte);
  return BigInt.asIntN(8 * value.length, unscaled);
}
