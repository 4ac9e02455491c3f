import type { Entry } from './entry.ts';
import { isId } from './names.ts';

/** One line of a scroll's journal. The sequence number of an event is its line number, from 1. */
export type ScrollEvent =
  | AcceptedEvent
  | {
      readonly event: 'rendered';
      readonly n: number;
      readonly id: string;
      /** The file still grows. */
      readonly open?: true;
      /** The page shows the beginning of a large file; another `rendered` or `failed` follows. */
      readonly preview?: true;
      readonly type?: string;
      readonly bytes?: number;
      readonly ms?: number;
    }
  | {
      readonly event: 'failed';
      readonly n: number;
      readonly id: string;
      readonly type?: string;
      readonly bytes?: number;
      readonly ms?: number;
      readonly error: string;
    }
  | { readonly event: 'grown'; readonly n: number; readonly id: string; readonly bytes: number }
  | { readonly event: 'ended'; readonly n: number; readonly id: string; readonly bytes?: number }
  | { readonly event: 'changed'; readonly n: number; readonly id: string; readonly title?: string }
  | { readonly event: 'deleted'; readonly n: number; readonly id: string };

export interface AcceptedEvent {
  readonly event: 'accepted';
  readonly n: number;
  readonly id: string;
  readonly name: string;
  readonly title?: string;
  readonly type: string;
  readonly host: string;
  readonly time: string;
  readonly bytes: number;
}

/**
 * Applies one event to the entry with its number: the reducer that the server, the viewer and a static page share. A
 * deleted entry does not change. Neither does an entry with another id, because one of the two lines is then damaged.
 * @returns undefined if the entry was never accepted
 */
export function reduceEntry(entry: Entry | undefined, event: ScrollEvent): Entry | undefined {
  if (entry && (entry.deleted || entry.id !== event.id)) return entry;
  if (event.event === 'accepted') {
    const { event: _, ...fields } = event;
    return { ...fields, status: 'accepted', revision: 0 };
  }
  if (!entry) return undefined;
  switch (event.event) {
    case 'rendered': {
      const { error: _, ...rest } = entry;
      return {
        ...rest,
        status: event.open ? 'open' : event.preview ? 'preview' : 'ok',
        type: event.type ?? entry.type,
        bytes: event.bytes ?? entry.bytes,
        ms: event.ms ?? entry.ms,
        revision: entry.revision + 1,
      };
    }
    case 'failed':
      return {
        ...entry,
        status: 'failed',
        type: event.type ?? entry.type,
        bytes: event.bytes ?? entry.bytes,
        ms: event.ms,
        error: event.error,
        revision: entry.revision + 1,
      };
    case 'grown':
      return { ...entry, bytes: event.bytes };
    case 'ended':
      return { ...entry, bytes: event.bytes ?? entry.bytes };
    case 'changed':
      return { ...entry, title: event.title ?? entry.title, revision: entry.revision + 1 };
    case 'deleted':
      return { ...entry, deleted: true };
  }
}

/** The entry that a `deleted` event leaves if its other events cannot be read. */
export function deletedEntry({ n, id }: Extract<ScrollEvent, { event: 'deleted' }>): Entry {
  const unknown = { name: '', type: '', host: '', time: '', bytes: 0 };
  return { n, id, status: 'accepted', ...unknown, revision: 0, deleted: true };
}

/** The fields of every event, also of one that this version does not know. */
interface EventHeader {
  readonly event: string;
  readonly n: number;
  readonly id: string;
}

/**
 * Removes from an event everything that its sender or the content of the file may have put into it: only fields that
 * are known to be harmless are kept. Their order stays the same, and the JSON never becomes longer.
 */
export function blankEvent<E extends EventHeader>(event: E): E {
  const isKnown = Object.hasOwn(REQUIRED, event.event);
  const fields = Object.entries(event).flatMap(([field, value]: [string, unknown]) => {
    if (HEADER.has(field) || (isKnown && HARMLESS.has(field))) return [[field, value] as const];
    return isKnown && REQUIRED_TEXTS.has(field) ? [[field, ''] as const] : [];
  });
  return Object.fromEntries(fields) as unknown as E;
}

const HEADER: ReadonlySet<string> = new Set(['event', 'n', 'id']);
/** The fields of known events that say nothing about the content of a file. */
const HARMLESS: ReadonlySet<string> = new Set(['type', 'time', 'bytes', 'ms', 'open', 'preview']);
/** Fields that a known event requires. They become empty texts. */
const REQUIRED_TEXTS: ReadonlySet<string> = new Set(['name', 'host', 'error']);

/** The result of parsing a line of a journal. */
export type JournalLine =
  | { readonly kind: 'event'; readonly event: ScrollEvent }
  /** An event that this version does not know. It is ignored. */
  | { readonly kind: 'unknown'; readonly event: EventHeader }
  /** A damaged line that has been overwritten with spaces. */
  | { readonly kind: 'blank' }
  | { readonly kind: 'damaged' };

/** Parses one line of a journal, without its newline. Never throws. */
export function parseJournalLine(line: string): JournalLine {
  if (line.trim() === '') return { kind: 'blank' };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: 'damaged' };
  }
  if (typeof value !== 'object' || value === null) return { kind: 'damaged' };
  const fields = value as Readonly<Record<string, unknown>>;
  if (typeof fields.event !== 'string' || !isId(String(fields.id)) || !isCount(fields.n) || fields.n < 1)
    return { kind: 'damaged' };
  if (!Object.hasOwn(REQUIRED, fields.event)) return { kind: 'unknown', event: value as EventHeader };
  const required = REQUIRED[fields.event as ScrollEvent['event']];
  const isValid =
    required.every((field) => (field === 'bytes' ? isCount(fields.bytes) : typeof fields[field] === 'string')) &&
    (fields.title === undefined || typeof fields.title === 'string');
  return isValid ? { kind: 'event', event: value as ScrollEvent } : { kind: 'damaged' };
}

/** The fields that an event must have besides `n` and `id`: `bytes` is a count, all others are strings. */
const REQUIRED: Readonly<Record<ScrollEvent['event'], readonly string[]>> = {
  accepted: ['name', 'type', 'host', 'time', 'bytes'],
  rendered: [],
  failed: ['error'],
  grown: ['bytes'],
  ended: [],
  changed: [],
  deleted: [],
};

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
