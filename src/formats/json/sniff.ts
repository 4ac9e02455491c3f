import { bomLength } from '../../shared/kit/text/charset.ts';
import { isJsonLines } from '../../shared/kit/tree/open-json.ts';
import { skipSpace, validate } from '../../shared/kit/tree/validate-json.ts';

/** Returns `json` or `ndjson` if the first bytes of a file are certainly in that format, else undefined. */
export function sniffJson(head: Uint8Array): string | undefined {
  const start = skipSpace(head, bomLength(head));
  if (head[start] !== 0x7b && head[start] !== 0x5b) return undefined;
  const { fault } = validate(head, start);
  // In a long file the first value may be incomplete; a short file with an incomplete value is not JSON.
  if (!fault || (fault.kind === 'end' && head.length >= 1024)) return 'json';
  return fault.kind === 'more' && isJsonLines(head, fault) ? 'ndjson' : undefined;
}
