import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { messageOf, WpError } from '../../shared/errors.ts';
import type { Message, Stage, StageContext } from '../../shared/message.ts';
import { safeName } from '../../shared/names.ts';
import type { EntryRecord, WireRecord } from '../../shared/records.ts';
import { drain } from '../codec/drain.ts';
import { layout, writeWhole } from '../store/layout.ts';
import type { Scroll } from '../store/scroll.ts';
import { errorPage } from './error-page.ts';
import { tidyUp } from './tidy.ts';

/**
 * Entries become the scroll. Each message is answered when what it says is in the journal on disk. Gives nothing on.
 * @param urlOf the address of entry n, for people
 */
export function serve(scroll: Scroll, urlOf: (n: number) => string): Stage {
  return async function* (input, context) {
    // What concerns one entry happens in its order; entries do not wait for each other.
    const turns = new Map<string, Promise<void>>();
    // What is only announced is answered when it is on disk, and what comes next of it does not wait for that.
    const answers = new Set<Promise<void>>();
    const later = (work: Promise<void>) => {
      const answer = work.finally(() => answers.delete(answer));
      answers.add(answer);
    };
    await giveUpLost(scroll, context);
    for await (const message of input) {
      const id = idOf(message.record) ?? '';
      const turn = (turns.get(id) ?? Promise.resolve()).then(() => take(scroll, urlOf, message, context, later));
      const settled = turn.finally(() => {
        if (turns.get(id) === settled) turns.delete(id);
      });
      turns.set(id, settled);
    }
    await Promise.all(turns.values());
    await Promise.all(answers);
    yield* [];
  };
}

async function take(
  scroll: Scroll,
  urlOf: (n: number) => string,
  message: Message,
  context: StageContext,
  later: (work: Promise<void>) => void,
): Promise<void> {
  const { record, reply } = message;
  const refuse = (error: unknown) => {
    if (reply) reply({ kind: 'error', id: idOf(record), message: messageOf(error) });
    else context.warn(messageOf(error));
  };
  try {
    if (record.kind === 'entry') {
      const answered = await takeEntry(scroll, urlOf, message as Message<EntryRecord>, context);
      if (record.status === 'accepted') later(answered().catch(refuse));
      else await answered();
    } else if (record.kind === 'more') {
      if (record.bytes !== undefined) scroll.grow(record.id, record.bytes);
    } else if (record.kind === 'end' && record.id) {
      const n = await takeEnd(scroll, record.id, record.bytes);
      reply?.({ kind: 'ack', id: record.id, n, url: urlOf(n) });
    } else if (record.kind === 'error') context.warn(record.message);
    else if (record.kind === 'file')
      throw new WpError('serve', `${describe(record)} is a file, not an entry`, 'send files to "wp xrender"');
  } catch (error) {
    refuse(error);
  } finally {
    await drain(message.body).catch(() => {});
  }
}

function idOf(record: WireRecord): string | undefined {
  return typeof record.id === 'string' ? record.id : undefined;
}

function describe(record: WireRecord): string {
  return 'path' in record && typeof record.path === 'string' ? record.path : 'this';
}

/** Takes an entry into the scroll; gives what is to be done when that is on disk: to answer, and to tidy up. */
async function takeEntry(
  scroll: Scroll,
  urlOf: (n: number) => string,
  { record, reply, foreign }: Message<EntryRecord>,
  context: StageContext,
): Promise<() => Promise<void>> {
  if (record.length !== undefined)
    throw new WpError('serve', `the entry ${record.id} came by value`, 'put "wp recv" before serve');
  if (foreign && record.page !== undefined)
    throw new WpError('serve', `a path means nothing here (${record.page})`, 'send the entry by "wp send"');
  const { id, status = 'ok' } = record;
  const known = scroll.entry(id);
  const { entry, durable } = scroll.accept({
    id,
    name: record.name ?? safeName(record.page ? basename(record.page) : id),
    title: record.title,
    type: record.type ?? 'html',
    host: record.host ?? '',
    time: record.time ?? new Date().toISOString(),
    bytes: record.bytes ?? 0,
  });
  // What failed may succeed when it is sent again; what is there stays as it is.
  const isThere = known?.status === 'ok' && record.renewed !== true;
  if (status !== 'accepted' && !isThere) await takePage(scroll, record, entry.n, status);
  return async () => {
    await durable;
    reply?.({ kind: 'ack', id, n: entry.n, url: urlOf(entry.n) });
    if (status === 'ok' || status === 'failed') await tidyUp(context.dir, record);
  };
}

/**
 * Entries that were announced, but whose file is in no spool: webpipe was killed before it had it. Nobody has been
 * told that it is safe. Should it still come, it is taken.
 */
async function giveUpLost(scroll: Scroll, context: StageContext): Promise<void> {
  const waiting = scroll.entries.filter(({ status }) => status === 'accepted' || status === 'open');
  if (waiting.length === 0) return;
  const spooled = await spooledNames(layout.spool(context.dir));
  for (const { n, id, name } of waiting.filter((entry) => !spooled.has(`${entry.id}.json`))) {
    const error = 'webpipe ended before it had received this; show it again';
    const page = join(context.spool, `${id}.html`);
    await writeWhole(page, errorPage(name, { ok: false, ms: 0, error }));
    await scroll.append({ event: 'failed', n, id, error }, await scroll.put(id, page));
  }
}

/** What lies in all spools. An xrender may be tidying up in one of them at the same time. */
async function spooledNames(home: string): Promise<Set<string>> {
  const spools = await readdir(home);
  const names = await Promise.all(spools.map((spool) => readdir(join(home, spool)).catch(() => [])));
  return new Set(names.flat());
}

async function takePage(
  scroll: Scroll,
  record: EntryRecord,
  n: number,
  status: 'ok' | 'failed' | 'open',
): Promise<void> {
  const { id, type, bytes, ms } = record;
  if (!record.page) throw new WpError('serve', `the entry ${id} has no page`, 'give its path in "page"');
  let page: string;
  try {
    page = await scroll.put(id, record.page);
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
  else
    await scroll.append(
      { event: 'rendered', n, id, type, bytes, ms, ...(status === 'open' ? { open: true as const } : {}) },
      page,
    );
}

/** An entry grows no more; gives its number. */
async function takeEnd(scroll: Scroll, id: string, bytes: number | undefined): Promise<number> {
  const entry = scroll.entry(id);
  if (!entry) throw new WpError('serve', `there is no entry ${id}`, 'send it from its beginning');
  if (entry.status === 'open') await scroll.append({ event: 'ended', n: entry.n, id, bytes });
  return entry.n;
}
