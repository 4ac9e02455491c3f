import type { EventMessage, FeedMessage } from '../../shared/feed.ts';
import type { ScrollModel } from './connection/scroll-model.ts';
import type { UpdateScheduler } from './feed/update-scheduler.ts';
import type { Frames } from './frames/frames.ts';
import type { WarmFrames } from './frames/warm-frames.ts';
import type { AloneView } from './ui/alone-view.ts';
import type { Announcer } from './ui/announce.ts';

/** Warm frames of a scroll with entries are requested so late (milliseconds) that they do not delay its first frames. */
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
  /** Whether a new entry will have a slot as soon as it is shown. */
  readonly willHaveSlot: () => boolean;
  /** The model holds a new snapshot; `isSameJournal`: of the journal that it had before. */
  readonly onSnapshot: (isSameJournal: boolean) => void;
}

/** Returns the function that takes the messages of the connection: into the model, to frames, and to the feed. */
export function createReceiver(options: ReceiverOptions): (message: FeedMessage) => void {
  const { model, frames, warm, alone, updates, announce, notify, willHaveSlot, onSnapshot } = options;

  /** Takes an event. Returns whether it changed what is shown, and whether its page is on its way to a frame. */
  const takeEvent = (message: EventMessage): 'delivered' | 'changed' | undefined => {
    const change = model.take(message);
    if (change?.what !== 'entry') return undefined;
    const { n, event, page } = change;
    const entry = model.entries.get(n);
    if (!entry) return 'changed';
    // The page leaves before the layout: the frame is another process, which renders it meanwhile.
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
        const changes = (message.kind === 'event' ? [message] : message.events).map(takeEvent);
        // A message to a frame leaves when this task ends, so the layout waits for the next one.
        if (changes.includes('delivered')) setTimeout(updates.soon);
        else if (changes.includes('changed')) updates.soon();
        return;
      }
      case 'snapshot': {
        const isSameJournal = message.journal === model.journal;
        model.take(message);
        warm.reset(model.last === 0 ? 0 : WARM_DELAY);
        return onSnapshot(isSameJournal);
      }
      case 'live':
        if (model.take(message)) updates.later();
        return warm.reset(model.last === 0 ? 0 : WARM_DELAY);
      case 'hidden':
        model.take(message);
        return updates.now();
      case 'notice':
        return notify(message.text);
      case 'older':
        model.take(message);
        return updates.later();
      case 'error':
    }
  };
}
