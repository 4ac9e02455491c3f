import type { Entry } from './entry.ts';

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
 * The entry after one event: the reducer of the server, the viewer and the static page. Undefined if the entry was
 * never accepted.
 */
export function reduceEntry(entry: Entry | undefined, event: ScrollEvent): Entry | undefined {
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
