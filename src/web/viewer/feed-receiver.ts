import type { EventMessage, FeedMessage } from '../../shared/feed.ts';
import type { ScrollModel } from './connection/scroll-model.ts';
import type { UpdateScheduler } from './feed/update-scheduler.ts';
import type { Frames } from './frames/frames.ts';
import type { WarmFrames } from './frames/warm-frames.ts';
import type { AloneView } from './ui/alone-view.ts';
import type { Announcer } from './ui/announce.ts';

/** The delay (milliseconds) before warm frames are requested in a scroll with entries, whose own frames load first. */
const WARM_DELAY = 400;

export interface ReceiverOptions {
  readonly model: ScrollModel;
  readonly frames: Frames;
  readonly warm: WarmFrames;
  readonly alone: AloneView;
  readonly updates: UpdateScheduler;
  readonly announce: Announcer;
  /** Shows a message to the reader. */
  readonly notify: (text: string) => void;
  /** Whether a new entry will be placed in the document, with a slot, by the next update of the feed. */
  readonly willHaveSlot: () => boolean;
  /** The model has applied a snapshot. `isSameJournal`: the previous snapshot was of the same journal. */
  readonly onSnapshot: (isSameJournal: boolean) => void;
}

/** Returns the handler of the connection's messages. It updates the model and the feed, and sends pages to frames. */
export function createReceiver(options: ReceiverOptions): (message: FeedMessage) => void {
  const { model, frames, warm, alone, updates, announce, notify, willHaveSlot, onSnapshot } = options;

  /** Applies an event. Returns `delivered` if its page was sent to a frame, else `changed` if it changed the model. */
  const applyEvent = (message: EventMessage): 'delivered' | 'changed' | undefined => {
    const change = model.apply(message);
    if (change?.kind !== 'entry') return undefined;
    const { n, event, page } = change;
    const entry = model.entries.get(n);
    if (!entry) return 'changed';
    // The page is sent before the feed is laid out: the frame is another process, which renders it in the meantime.
    const isDelivered = page !== undefined && frames.deliver(entry, page, willHaveSlot());
    if (event.event === 'accepted') announce(entry);
    if (event.event === 'grown' || event.event === 'ended') {
      const growth = { webpipe: 'grown', bytes: entry.bytes, ended: event.event === 'ended' } as const;
      frames.post(n, growth);
      if (alone.n === n) alone.post(growth);
    }
    return isDelivered ? 'delivered' : 'changed';
  };

  return (message) => {
    switch (message.kind) {
      case 'spares':
        return warm.add(message.frames);
      case 'event':
      case 'events': {
        const changes = (message.kind === 'event' ? [message] : message.events).map(applyEvent);
        // The browser sends messages to frames when this task ends, so the feed is laid out in the next task.
        if (changes.includes('delivered')) setTimeout(updates.soon);
        else if (changes.includes('changed')) updates.soon();
        return;
      }
      case 'snapshot': {
        const isSameJournal = message.journal === model.journal;
        model.apply(message);
        warm.reset(model.last === 0 ? 0 : WARM_DELAY);
        return onSnapshot(isSameJournal);
      }
      case 'live':
        if (model.apply(message)) updates.later();
        return warm.reset(model.last === 0 ? 0 : WARM_DELAY);
      case 'hidden':
        model.apply(message);
        return updates.now();
      case 'notice':
        return notify(message.text);
      case 'older':
        model.apply(message);
        return updates.later();
      case 'error':
    }
  };
}
