import * as v from 'valibot';
import { parseRecord } from '../../shared/records.ts';
import type { OrderedNote } from './notes.ts';

/** The fields that notes without a version had beside those of the record. */
const schema = v.looseObject({
  order: v.optional(v.number(), 0),
  /** The size of the complete original. */
  whole: v.optional(v.number()),
  /** The original was being copied when the note was written. */
  copying: v.optional(v.boolean()),
  /** The entry replaces one whose original was incomplete. */
  renewed: v.optional(v.boolean()),
  /** Where the previous stage kept the file. */
  kept: v.optional(v.string()),
});

/**
 * Parses a note of webpipe before notes had a version: a record with the fields above in it. They may be in a spool
 * after an update.
 * @throws if it is not one
 */
export function parseLegacyNote(value: unknown): OrderedNote {
  const { order, whole, copying, renewed, kept, ...fields } = v.parse(schema, value);
  const record = parseRecord(fields);
  if (record.kind !== 'file' && record.kind !== 'entry') throw new Error(`a note of a record of kind ${record.kind}`);
  const local = {
    ...(kept === undefined ? {} : { spoolItem: kept }),
    ...(copying ? { copying: true as const } : {}),
    ...(renewed ? { replace: true as const } : {}),
  };
  return { record, order, size: whole, local };
}
