import { bomLength } from '../../../shared/kit/text/charset.ts';
import { locateFault } from '../../../shared/kit/tree/open-json.ts';
import { validate } from '../../../shared/kit/tree/validate-json.ts';

/**
 * Parses a JSON text in UTF-8.
 * @throws Error with the line, the column and the reason of the first syntax error
 */
export function parseJson(bytes: Buffer): unknown {
  const start = bomLength(bytes);
  try {
    return JSON.parse(bytes.toString('utf8', start));
  } catch (cause) {
    const { fault } = validate(bytes, start);
    if (!fault) throw new Error('the JSON cannot be read', { cause });
    const { line, column, reason } = locateFault(bytes, fault);
    throw new Error(`the JSON is broken in line ${line}, column ${column}: ${reason}`, { cause });
  }
}
