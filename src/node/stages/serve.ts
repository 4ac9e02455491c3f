import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Envelope } from '../../shared/envelope.ts';
import { messageOf, WpError } from '../../shared/errors.ts';
import { safeName } from '../../shared/names.ts';
import { type EntryRecord, refusalOf } from '../../shared/records.ts';
import { layout } from '../directory/directory.ts';
import { writeFileAtomic } from '../directory/write-file.ts';
import { releaseEntry } from '../inbox/release.ts';
import { createStage, type Handlers, type StageOutput } from '../pipeline/runner.ts';
import type { Stage, StageContext } from '../pipeline/stage.ts';
import { deletedError } from '../store/errors.ts';
import type { OwnedScroll, StoredPage } from '../store/store.ts';
import { errorPage } from './error-page.ts';
import { labelsOf } from './labels.ts';

/** Records without a waiting sender in progress at a time. */
const IN_FLIGHT = 256;

/**
 * Adds entries to the scroll. Each record is answered when the event for it is in the journal on disk. Emits nothing.
 * Records with the same id are handled in order; different entries do not wait for each other.
 * @param urlOf the address of entry n, for answers
 */
export function serve(scroll: OwnedScroll, urlOf: (n: number) => string): Stage {
  return createStage({ lane: ({ record }) => record.id, inFlight: IN_FLIGHT }, (output, context) =>
    createHandlers(scroll, urlOf, output, context),
  );
}

function createHandlers(
  scroll: OwnedScroll,
  urlOf: (n: number) => string,
  output: StageOutput,
  context: StageContext,
): Handlers {
  return {
    recover: () => failLostEntries(scroll, context),
    async file({ record, foreignPath }) {
      const name = record.path ?? foreignPath ?? 'this';
      throw new WpError('serve', `${name} is a file, not an entry`, 'send files to "wp xrender"');
    },
    async entry(envelope) {
      const { record, local, reply } = envelope;
      const known = scroll.entry(record.id);
      if (known?.deleted) {
        await releaseEntry(context.dir, record.page, local);
        throw deletedError(known.n);
      }
      const { n, durable } = await addEntry(scroll, envelope);
      const answered = durable.then(() => {
        reply?.({ kind: 'ack', id: record.id, n, url: urlOf(n) });
      });
      // An announcement does not wait for the disk.
      if (record.status === 'accepted')
        return output.background(answered.catch((error: unknown) => output.refuse(envelope, error)));
      await answered;
      if (isFinal(record.status)) await releaseEntry(context.dir, record.page, local);
    },
    async more({ record, refuseStream }) {
      const entry = scroll.entry(record.id);
      if (entry?.deleted) refuseStream?.(refusalOf(record.id, deletedError(entry.n)));
      else if (record.bytes !== undefined) scroll.grow(record.id, record.bytes);
    },
    async end({ record: { id, bytes }, reply }) {
      if (id === undefined) return;
      const n = await endEntry(scroll, id, bytes);
      reply?.({ kind: 'ack', id, n, url: urlOf(n) });
    },
  };
}

/** Whether no other page follows. */
function isFinal(status: EntryRecord['status'] = 'ok'): boolean {
  return status === 'ok' || status === 'failed';
}

/** Adds an entry, or its next page, to the scroll. @returns its number, and when that is on disk */
async function addEntry(
  scroll: OwnedScroll,
  { record, local, foreignPath }: Envelope<EntryRecord>,
): Promise<{ readonly n: number; readonly durable: Promise<void> }> {
  const { id, status = 'ok' } = record;
  if (record.length !== undefined)
    throw new WpError('serve', `the entry ${id} came by value`, 'put "wp recv" before serve');
  if (foreignPath !== undefined)
    throw new WpError('serve', `a path means nothing here (${foreignPath})`, 'send the entry by "wp send"');
  // An entry that failed may succeed when it is sent again; one that is complete stays as it is.
  const isComplete = scroll.entry(id)?.status === 'ok' && !local?.replace;
  const isPageNeeded = status !== 'accepted' && !isComplete;
  if (isPageNeeded && !record.page)
    throw new WpError('serve', `the entry ${id} has no page`, 'give its path in "page"');
  const { entry, durable } = scroll.accept({
    id,
    ...labelsOf(record, safeName(record.page ? basename(record.page) : id), ''),
    type: record.type ?? 'html',
    bytes: record.bytes ?? 0,
  });
  if (isPageNeeded && record.page) await addPage(scroll, { ...record, page: record.page }, entry.n, status);
  return { n: entry.n, durable };
}

/**
 * Marks entries as failed that were announced but whose file is in no spool: webpipe was killed before the file was on
 * disk, and its sender got no answer. If the file arrives later, the entry is rendered.
 */
async function failLostEntries(scroll: OwnedScroll, context: StageContext): Promise<void> {
  const unfinished = ['accepted', 'open', 'preview'];
  const waiting = scroll.entries.filter(({ status, deleted }) => !deleted && unfinished.includes(status));
  if (waiting.length === 0) return;
  const spooled = await spooledNames(layout.spool(context.dir));
  for (const { n, id, name } of waiting.filter((entry) => !spooled.has(`${entry.id}.json`))) {
    const error = 'webpipe ended before it had received this; show it again';
    const page = join(layout.spool(context.dir), `${id}.html`);
    await writeFileAtomic(page, errorPage(name, { ok: false, ms: 0, error }));
    await scroll.append({ event: 'failed', n, id, error }, await scroll.files.put(id, page));
  }
}

/** The names of all items in all spools. Another process may be removing some of them. */
async function spooledNames(home: string): Promise<Set<string>> {
  const spools = await readdir(home);
  const names = await Promise.all(spools.map((spool) => readdir(join(home, spool)).catch(() => [])));
  return new Set(names.flat());
}

/** Moves a page into the scroll and writes its event; resolves when that is on disk. */
async function addPage(
  scroll: OwnedScroll,
  record: EntryRecord,
  n: number,
  status: 'ok' | 'failed' | 'open' | 'preview',
): Promise<void> {
  const { id, type, bytes, ms } = record;
  if (!record.page) throw new WpError('serve', `the entry ${id} has no page`, 'give its path in "page"');
  let page: StoredPage;
  try {
    page = await scroll.files.put(id, record.page);
  } catch (cause) {
    const error = `its page could not be taken: ${messageOf(cause)}`;
    await scroll.append({ event: 'failed', n, id, type, bytes, error });
    throw new WpError('serve', `${record.page}: ${error}`, 'render it again', { cause });
  }
  if (status === 'failed')
    await scroll.append(
      { event: 'failed', n, id, type, bytes, ms, error: record.error ?? 'it could not be rendered' },
      page,
    );
  else {
    const kind = status === 'open' ? { open: true as const } : status === 'preview' ? { preview: true as const } : {};
    await scroll.append({ event: 'rendered', n, id, type, bytes, ms, ...kind }, page);
  }
}

/** Ends an entry that grows. @returns its number */
async function endEntry(scroll: OwnedScroll, id: string, bytes: number | undefined): Promise<number> {
  const entry = scroll.entry(id);
  if (!entry) throw new WpError('serve', `there is no entry ${id}`, 'send it from its beginning');
  if (entry.deleted) throw deletedError(entry.n);
  if (entry.status === 'open') await scroll.append({ event: 'ended', n: entry.n, id, bytes });
  return entry.n;
}
