import { hostname } from 'node:os';
import { basename } from 'node:path';
import type { EntryRecord, FileRecord } from '../../shared/records.ts';

/** The labels of a file or an entry. They are never used as paths or as HTML. */
export interface Labels {
  readonly name: string;
  readonly title?: string | undefined;
  /** The machine it was sent from. */
  readonly host: string;
  /** When it was shown, RFC 3339. */
  readonly time: string;
}

/**
 * The labels of a file or an entry: those of its record, else defaults. The first stage on this machine adds them to
 * the records that it emits, so that later stages use the same ones.
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
