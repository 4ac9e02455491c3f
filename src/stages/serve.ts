import { unlink } from 'node:fs/promises';
import { basename, sep } from 'node:path';
import { drain } from '../codec/drain.ts';
import { messageOf, WpError } from '../model/errors.ts';
import type { Message, Reply, Stage, StageContext } from '../model/message.ts';
import { safeName } from '../model/names.ts';
import type { EntryRecord, WireRecord } from '../model/records.ts';
import { layout } from '../scroll/layout.ts';
import type { Scroll } from '../scroll/scroll.ts';

/**
 * Entries become the scroll. Each message is answered when what it says is in the journal on disk. Gives nothing on.
 * @param urlOf the address of entry n, for people
 */
export function serve(scroll: Scroll, urlOf: (n: number) => string): Stage {
  return async function* (input, context) {
    // What concerns one entry happens in its order; entries do not wait for each other.
    const turns = new Map<string, Promise<void>>();
    for await (const message of input) {
      const id = idOf(message.record) ?? '';
      const turn = (turns.get(id) ?? Promise.resolve()).then(() => take(scroll, urlOf, message, context));
      const settled = turn.finally(() => {
        if (turns.get(id) === settled) turns.delete(id);
      });
      turns.set(id, settled);
    }
    await Promise.all(turns.values());
    yield* [];
  };
}

async function take(
  scroll: Scroll,
  urlOf: (n: number) => string,
  message: Message,
  context: StageContext,
): Promise<void> {
  const { record, reply } = message;
  try {
    if (record.kind === 'entry') await takeEntry(scroll, urlOf, record, reply, context);
    else if (record.kind === 'more') {
      if (record.bytes !== undefined) scroll.grow(record.id, record.bytes);
    } else if (record.kind === 'end' && record.id) await takeEnd(scroll, record.id, record.bytes);
    else if (record.kind === 'error') context.warn(record.message);
    else if (record.kind === 'file')
      throw new WpError('serve', `${describe(record)} is a file, not an entry`, 'send files to "wp xrender"');
  } catch (error) {
    const id = idOf(record);
    if (reply) reply({ kind: 'error', id, message: messageOf(error) });
    else context.warn(messageOf(error));
  } finally {
    await drain(message.body).catch(() => {});
  }
}

function idOf(record: WireRecord): string | undefined {
  return typeof record.id === 'string' ? record.id : undefined;
}

function describe(record: WireRecord): string {
  return 'path' in record && record.path ? String(record.path) : 'this';
}

async function takeEntry(
  scroll: Scroll,
  urlOf: (n: number) => string,
  record: EntryRecord,
  reply: Reply | undefined,
  context: StageContext,
): Promise<void> {
  if (record.archive)
    throw new WpError('serve', 'an entry by value cannot be taken yet', 'give its page by path on this machine');
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
  const settled = known?.status === 'ok' || known?.status === 'failed';
  if (status !== 'accepted' && !settled) await takePage(scroll, record, entry.n, status);
  await durable;
  reply?.({ kind: 'ack', id, n: entry.n, url: urlOf(entry.n) });
  if (status === 'ok' || status === 'failed') await forget(record.page, context);
}

/** The note in the spool that this entry was on its way: it has arrived. */
async function forget(page: string | undefined, context: StageContext): Promise<void> {
  if (page?.startsWith(layout.spool(context.dir) + sep)) await unlink(page.replace(/\.html$/, '.json')).catch(() => {});
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

async function takeEnd(scroll: Scroll, id: string, bytes: number | undefined): Promise<void> {
  const entry = scroll.entry(id);
  if (entry) await scroll.append({ event: 'ended', n: entry.n, id, bytes });
}
