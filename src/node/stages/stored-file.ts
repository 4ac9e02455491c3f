import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalFacts } from '../../shared/local.ts';
import type { EntryRecord } from '../../shared/records.ts';
import { writeFileAtomic } from '../directory/write-file.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { FileType, RendererChoice } from './choose.ts';
import { errorPage } from './error-page.ts';
import type { RenderResult } from './job.ts';
import type { Labels } from './labels.ts';

/** A file in the inbox of xrender. */
export interface StoredFile {
  readonly id: string;
  readonly labels: Labels;
  readonly type: FileType;
  readonly renderer: RendererChoice;
  readonly bytes: number;
  /** The fields of its record that the protocol does not define. */
  readonly unknownFields: Readonly<Record<string, unknown>>;
  readonly local: LocalFacts;
  /** The path to render: the copy in the inbox, or the original while the copy is made. */
  readonly path: string;
  /** The path of the original, if the file was sent by reference. */
  readonly origin?: string | undefined;
  /** Resolves when the copy is on disk. Must be called at least once. */
  durable(): Promise<unknown>;
  /** Whether the copy is still being made. Always false if rendering waits for the copy. */
  isCopying?(): boolean;
}

/** The entry record of a file. @param bytes its size, if it has changed since it was stored */
export function entryOf(file: StoredFile, status: NonNullable<EntryRecord['status']>, bytes = file.bytes): EntryRecord {
  const { id, labels, type, unknownFields } = file;
  return { ...unknownFields, kind: 'entry', id, status, ...labels, type: type.type, bytes };
}

/**
 * Completes the entry of a file that was rendered: writes its `entry.json`, and an error page if rendering failed.
 * @param status the status if rendering succeeded; pages with `open` and `preview` get a directory of their own
 * @param bytes its current size
 * @returns its record, with the page
 */
export async function writeEntry(
  inbox: Inbox,
  file: StoredFile,
  result: RenderResult,
  status: 'ok' | 'open' | 'preview' = 'ok',
  bytes = file.bytes,
): Promise<EntryRecord> {
  const dir = inbox.itemPath(file.id, status !== 'ok');
  const page = `${dir}.html`;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (!result.ok) await writeFileAtomic(page, errorPage(file.labels.name, result));
  const record: EntryRecord = {
    ...entryOf(file, result.ok ? status : 'failed', bytes),
    ms: Math.round(result.ms * 10) / 10,
    ...(result.ok ? {} : { error: result.error }),
  };
  writeFileSync(join(dir, 'entry.json'), `${JSON.stringify(record)}\n`, { mode: 0o600 });
  return { ...record, page };
}
