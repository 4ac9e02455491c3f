import type { FeedEntry } from '../model/feed.ts';
import { frameHeight, sandboxedFrame, type ToFrame, tellFrame } from './messages.ts';
import type { Place } from './place.ts';
import type { WarmFrames } from './warm.ts';

/** So many frames stay loaded, near the window or not. */
const KEPT = 24;
/** The height of a page that says nothing of its height, and what a frame has before it says anything. */
const SILENT = 320;
const UNKNOWN = 120;
/** A page that takes longer than this is shown as far as it has come. */
const PATIENCE = 1000;

/** The frames of the entries: loaded when near, kept while there is room, and as high as their pages. */
export interface Frames {
  /** Sees to it that `slot` holds a frame with this revision of the entry. `page`: its HTML, if it is at hand. */
  show(entry: FeedEntry, slot: HTMLElement, page?: string): void;
  /** The height that the entry's page has now, or probably will have. */
  heightOf(entry: FeedEntry): number;
  /** Numbers of entries that have a frame, the longest unseen first. */
  numbers(): number[];
  /** Takes frames away, the longest unseen first, until no more are left than are kept; never those in `near`. */
  trim(near: ReadonlySet<number>): void;
  /** Takes away the frame of one entry, or of all. */
  drop(n?: number): void;
  /** Tells the entry's page something, if it has a frame. */
  tell(n: number, message: ToFrame): void;
  /** The number of the entry whose frame has this window. */
  ownerOf(source: MessageEventSource): number | undefined;
  /** The page in this window is there, and `height` high if it says so. */
  arrived(source: MessageEventSource, height?: number): void;
  /** The window has another height. */
  resize(): void;
}

interface Held {
  readonly slot: HTMLElement;
  frame: HTMLIFrameElement;
  entry: FeedEntry;
  /** The next revision, loading underneath. */
  next?: HTMLIFrameElement;
}

function titleOf(entry: FeedEntry): string {
  return `#${entry.n} ${entry.title ?? entry.name}`;
}

export function createFrames(place: Place, warm: WarmFrames): Frames {
  /** In order of use: a map keeps the order in which its keys were put in. */
  const held = new Map<number, Held>();
  const heights = new Map<number, number>();
  /** The last height of a page of this type: the best guess for the next one. */
  const typeHeights = new Map<string, number>();

  const heightOf = (entry: FeedEntry): number =>
    frameHeight(heights.get(entry.n) ?? typeHeights.get(entry.type) ?? UNKNOWN, innerHeight);

  const load = (entry: FeedEntry, slot: HTMLElement): HTMLIFrameElement => {
    const frame = sandboxedFrame(titleOf(entry));
    frame.src = place.frame(entry);
    frame.addEventListener('load', () => frame.contentWindow && arrived(frame.contentWindow));
    slot.append(frame);
    return frame;
  };

  const find = (source: MessageEventSource): [number, Held] | undefined => {
    for (const pair of held) {
      if (pair[1].frame.contentWindow === source || pair[1].next?.contentWindow === source) return pair;
    }
    return undefined;
  };

  const arrived = (source: MessageEventSource, height?: number): void => {
    const found = find(source);
    if (!found) return;
    const [n, holder] = found;
    if (holder.next?.contentWindow === source) {
      holder.frame.remove();
      holder.frame = holder.next;
      holder.frame.classList.remove('next');
      holder.next = undefined;
    }
    if (!holder.frame.classList.contains('there')) {
      holder.frame.classList.add('there');
      holder.slot.classList.add('there');
      // What it grew by while it was loading.
      if (holder.entry.status === 'open') tellFrame(holder.frame, { webpipe: 'grown', bytes: holder.entry.bytes, ended: false });
    }
    if (height !== undefined) {
      heights.set(n, height);
      typeHeights.set(holder.entry.type, height);
    }
    fit(n, holder);
  };

  const fit = (n: number, holder: Held): void => {
    holder.slot.style.height = `${frameHeight(heights.get(n) ?? SILENT, innerHeight)}px`;
  };

  const drop = (n: number): void => {
    const holder = held.get(n);
    if (!holder) return;
    holder.frame.remove();
    holder.next?.remove();
    holder.slot.classList.remove('there');
    held.delete(n);
  };

  return {
    heightOf,
    numbers: () => [...held.keys()],
    show(entry, slot, page) {
      const holder = held.get(entry.n);
      if (!holder) {
        slot.style.height = `${heightOf(entry)}px`;
        const written = page === undefined ? undefined : warm.take(slot, entry.id, page);
        if (written) written.title = titleOf(entry);
        const frame = written ?? load(entry, slot);
        held.set(entry.n, { slot, entry, frame });
        setTimeout(() => frame.contentWindow && !frame.classList.contains('there') && arrived(frame.contentWindow), PATIENCE);
        return;
      }
      held.delete(entry.n);
      held.set(entry.n, holder);
      if (holder.entry.revision !== entry.revision) {
        holder.next?.remove();
        holder.next = load(entry, slot);
        holder.next.classList.add('next');
      }
      holder.entry = entry;
    },
    trim(near) {
      for (const n of [...held.keys()]) {
        if (held.size <= KEPT) return;
        if (!near.has(n)) drop(n);
      }
    },
    drop(n) {
      for (const each of n === undefined ? [...held.keys()] : [n]) drop(each);
      if (n === undefined) heights.clear();
    },
    tell(n, message) {
      const holder = held.get(n);
      if (holder) tellFrame(holder.frame, message);
      if (holder?.next) tellFrame(holder.next, message);
    },
    ownerOf: (source) => find(source)?.[0],
    arrived,
    resize() {
      for (const [n, holder] of held) if (holder.slot.classList.contains('there')) fit(n, holder);
    },
  };
}
