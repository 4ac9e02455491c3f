import { hostname } from 'node:os';
import { basename } from 'node:path';
import type { EntryRecord, FileRecord } from '../../shared/records.ts';

/** How people know a file. None of these is ever used as a path or as HTML. */
export interface Labels {
  readonly name: string;
  readonly title?: string | undefined;
  /** Where it comes from. */
  readonly host: string;
  /** When it was shown, RFC 3339. */
  readonly time: string;
}

/**
 * The labels of a file or an entry: those of its record, else as it looks from here. Called by the first stage on this
 * machine; the records that it emits have all of them, so that later stages find nothing to decide.
 * @param unnamed the name if the record has neither a name nor a path
 * @param host the host if the record has none
 */
export function labelsOf(record: FileRecord | EntryRecord, unnamed: string, host: string = hostname()): Labels {
  const path = record.kind === 'file' ? record.path : undefined;
  return {
    name: record.name ?? (path === undefined ? unnamed : basename(path)),
    ...(record.title === undefined ? {} : { title: record.title }),
    host: record.host ?? host,
    time: record.time ?? new Date().toISOString(),
  };
}
