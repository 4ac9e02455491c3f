import type { FeedEntry } from '../../shared/feed.ts';
import { createAnswers } from './answers.ts';
import { createNotice, type NoticeKind } from './article.ts';
import { frameHeight, sandboxedFrame, type ToFrame, tellFrame } from './messages.ts';
import type { Place } from './place.ts';
import type { WarmFrames } from './warm.ts';

/** So many frames stay loaded, near the window or not. */
const KEPT = 24;
/** The height of a page that says nothing of its height, and what a frame has before it says anything. */
const SILENT = 320;
const UNKNOWN = 120;
/** How long we wait for a page to say something. */
const PATIENCE = 1000;
/** How often pages are asked whether they are still here, milliseconds. */
const ASKING = 2500;
/** The height of an entry whose page was stopped. */
const STOPPED = 44;

/** The frames of the entries: loaded when near, kept while there is room, and as high as their pages. */
export interface Frames {
  /** Sees to it that `slot` holds a frame with this revision of the entry; one not rendered yet gets a warm frame. */
  show(entry: FeedEntry, slot: HTMLElement): void;
  /**
   * The page of an entry has come with the news of it: the warm frame that waits in the entry's slot shows it now. If
   * the entry has no slot yet, but will have one `soon`, a warm frame begins with the page where it is. Whether a frame
   * got it.
   */
  deliver(entry: FeedEntry, html: string, soon: boolean): boolean;
  /** What is to be shown has its slots: frames that began for others are given up. */
  settle(): void;
  /** The height that the entry's page has now, or probably will have. */
  heightOf(entry: FeedEntry): number;
  has(n: number): boolean;
  /** How many are loading. */
  readonly loading: number;
  /** Takes frames away, the longest unseen first, until no more are left than are kept; never those in `near`. */
  trim(near: ReadonlySet<number>): void;
  /** Takes away the frame of one entry, or of all. */
  drop(n?: number): void;
  /** Tells the entry's page something, if it has a frame. */
  tell(n: number, message: ToFrame): void;
  /** The number of the entry whose frame has this window. */
  ownerOf(source: MessageEventSource): number | undefined;
  /** The page in this window has answered that it is here. */
  heard(source: MessageEventSource): void;
  /** The page in this window is there, and `height` high if it says so. */
  arrived(source: MessageEventSource, height?: number): void;
  /** The window has another height. */
  resize(): void;
}

interface Held {
  readonly slot: HTMLElement;
  frame: HTMLIFrameElement;
  /** The frame is a warm one and still empty. */
  waiting: boolean;
  entry: FeedEntry;
  /** The next revision, loading underneath. */
  next?: HTMLIFrameElement;
  /** Says that the page is still at work, or that it was stopped. */
  notice?: HTMLElement;
  stopped?: true;
}

/** A warm frame with a page and without a slot, and how high the page is, if it has said so already. */
interface Begun {
  readonly frame: HTMLIFrameElement;
  readonly revision: number;
  height?: number;
}

function titleOf(entry: FeedEntry): string {
  return `#${entry.n} ${entry.title ?? entry.name}`;
}

/** What a page is known by: the next revision of an entry is another one. */
function keyOf({ id, revision }: FeedEntry): string {
  return `${id} ${revision}`;
}

/** @param onArrived a page is there, so that others may load */
export function createFrames(place: Place, warm: WarmFrames, onArrived: () => void): Frames {
  /** In order of use: a map keeps the order in which its keys were put in. */
  const held = new Map<number, Held>();
  /** Warm frames that show a page and have no slot yet. */
  const begun = new Map<number, Begun>();
  const heights = new Map<number, number>();
  /** Pages that the reader has stopped, by entry and revision. */
  const stopped = new Set<string>();
  const answers = createAnswers();
  /** The last height of a page of this type: the best guess for the next one. */
  const typeHeights = new Map<string, number>();

  const heightOf = (entry: FeedEntry): number =>
    stopped.has(keyOf(entry))
      ? STOPPED
      : frameHeight(heights.get(entry.n) ?? typeHeights.get(entry.type) ?? UNKNOWN, innerHeight);

  const load = (entry: FeedEntry, frame: HTMLIFrameElement, slot?: HTMLElement): HTMLIFrameElement => {
    frame.title = titleOf(entry);
    frame.src = place.frame(entry);
    frame.addEventListener('load', () => frame.contentWindow && arrived(frame.contentWindow));
    answers.watch(frame);
    slot?.append(frame);
    patience(frame);
    return frame;
  };

  /** A warm frame has the viewer's host: it is for pages that may have that. */
  const warmFor = (entry: FeedEntry): HTMLIFrameElement | undefined =>
    place.isApart(entry) ? undefined : warm.take(entry.id);

  /** A page that says nothing, or takes long to come, is shown as far as it is. */
  const patience = (frame: HTMLIFrameElement): void => {
    setTimeout(() => {
      if (frame.contentWindow && !frame.classList.contains('there')) arrived(frame.contentWindow);
    }, PATIENCE);
  };

  const find = (source: MessageEventSource): [number, Held] | undefined => {
    for (const pair of held) {
      if (pair[1].frame.contentWindow === source || pair[1].next?.contentWindow === source) return pair;
    }
    return undefined;
  };

  const arrived = (source: MessageEventSource, height?: number): void => {
    const found = find(source);
    if (!found) {
      for (const early of begun.values())
        if (early.frame.contentWindow === source) early.height = height ?? early.height;
    }
    if (!found || found[1].waiting) return;
    const [n, holder] = found;
    if (holder.next?.contentWindow === source) {
      holder.frame.remove();
      holder.frame = holder.next;
      holder.frame.classList.remove('next');
      holder.next = undefined;
    }
    const isNew = !holder.frame.classList.contains('there');
    if (isNew) {
      holder.frame.classList.add('there');
      holder.slot.classList.add('there');
      // What it grew by while it was loading.
      if (holder.entry.status === 'open')
        tellFrame(holder.frame, { webpipe: 'grown', bytes: holder.entry.bytes, ended: false });
    }
    if (height !== undefined) {
      heights.set(n, height);
      typeHeights.set(holder.entry.type, height);
    }
    fit(n, holder);
    if (isNew) onArrived();
  };

  const fit = (n: number, holder: Held): void => {
    holder.slot.style.height = `${frameHeight(heights.get(n) ?? SILENT, innerHeight)}px`;
  };

  const drop = (n: number): void => {
    const holder = held.get(n);
    if (!holder) return;
    holder.frame.remove();
    holder.next?.remove();
    holder.notice?.remove();
    holder.slot.classList.remove('there');
    held.delete(n);
  };

  const notice = (holder: Held, kind: NoticeKind, text: string, label: string, onAction: () => void): void => {
    holder.notice?.remove();
    holder.notice = createNotice(kind, text, label, onAction);
    holder.slot.append(holder.notice);
  };

  /** Of a page that is at work without end only its frame can be taken away. */
  const stop = (n: number, { entry, slot }: Held): void => {
    stopped.add(keyOf(entry));
    drop(n);
    holdStopped(entry, slot);
    slot.querySelector('button')?.focus();
  };

  const holdStopped = (entry: FeedEntry, slot: HTMLElement): void => {
    const holder: Held = { slot, entry, frame: sandboxedFrame(''), waiting: false, stopped: true };
    held.set(entry.n, holder);
    slot.style.height = `${STOPPED}px`;
    slot.classList.add('there');
    notice(holder, 'stopped', 'It was stopped.', 'Show it again', () => {
      stopped.delete(keyOf(entry));
      drop(entry.n);
      onArrived();
    });
  };

  setInterval(() => {
    for (const [n, holder] of held) {
      if (holder.waiting || holder.stopped || holder.next) continue;
      const silent = answers.ask(holder.frame);
      if (silent && !holder.notice)
        notice(holder, 'working', 'This page is still at work.', 'Stop it', () => stop(n, holder));
      if (silent || !holder.notice) continue;
      holder.notice.remove();
      holder.notice = undefined;
    }
  }, ASKING);

  return {
    heightOf,
    has: (n) => held.has(n),
    get loading() {
      let count = 0;
      for (const { frame, waiting, stopped } of held.values())
        if (!waiting && !stopped && !frame.classList.contains('there')) count += 1;
      return count;
    },
    show(entry, slot) {
      let holder = held.get(entry.n);
      // The next revision of a page that was stopped begins as one that was never here.
      if (holder?.stopped && holder.entry.revision !== entry.revision) {
        drop(entry.n);
        holder = undefined;
      }
      if (!holder) {
        if (stopped.has(keyOf(entry))) return holdStopped(entry, slot);
        slot.style.height = `${heightOf(entry)}px`;
        let early = begun.get(entry.n);
        begun.delete(entry.n);
        if (early && early.revision !== entry.revision) {
          early.frame.remove();
          early = undefined;
        }
        const waiting = entry.status === 'accepted';
        const wanted = early?.frame ?? (waiting ? warmFor(entry) : undefined);
        if (wanted) warm.place(wanted, slot);
        const frame = wanted ?? (waiting ? undefined : load(entry, sandboxedFrame(''), slot));
        if (frame) held.set(entry.n, { slot, entry, frame, waiting });
        if (early?.height !== undefined && early.frame.contentWindow) arrived(early.frame.contentWindow, early.height);
        return;
      }
      held.delete(entry.n);
      held.set(entry.n, holder);
      if (holder.entry.revision !== entry.revision) {
        holder.next?.remove();
        if (holder.waiting) load(entry, holder.frame);
        else {
          holder.next = load(entry, sandboxedFrame(''), slot);
          holder.next.classList.add('next');
        }
        holder.waiting = false;
      }
      holder.entry = entry;
    },
    deliver(entry, html, soon) {
      const holder = held.get(entry.n);
      const frame = holder ? (holder.waiting ? holder.frame : undefined) : soon ? warmFor(entry) : undefined;
      if (!frame) return false;
      warm.write(frame, html);
      answers.watch(frame);
      frame.title = titleOf(entry);
      patience(frame);
      if (!holder) {
        begun.get(entry.n)?.frame.remove();
        begun.set(entry.n, { frame, revision: entry.revision });
      } else {
        holder.waiting = false;
        holder.entry = entry;
      }
      return true;
    },
    settle() {
      for (const { frame } of begun.values()) frame.remove();
      begun.clear();
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
    heard(source) {
      for (const { frame } of held.values()) if (frame.contentWindow === source) answers.heard(frame);
    },
    ownerOf: (source) => find(source)?.[0],
    arrived,
    resize() {
      for (const [n, holder] of held) if (holder.slot.classList.contains('there') && !holder.stopped) fit(n, holder);
    },
  };
}
