import type { EventMessage, FeedMessage } from '../../shared/feed.ts';

/** How long an `accepted` event may wait for the event with its page, milliseconds, and how many events wait with it. */
const WAIT = 15;
const MAX_WAITING = 50;

/**
 * Sends events in batches. An `accepted` event waits a moment for the one that says how rendering ended, which usually
 * follows at once: a browser that gets both in one message lays out the page once.
 */
export class EventBatches {
  #send: (message: FeedMessage) => void;
  #waiting: EventMessage[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (message: FeedMessage) => void) {
    this.#send = send;
  }

  add(message: EventMessage): void {
    this.#waiting.push(message);
    const [first] = this.#waiting;
    if (message.event.event === 'accepted') this.#timer ??= setTimeout(() => this.#flush(), WAIT);
    else if (first?.event.id === message.event.id || this.#waiting.length >= MAX_WAITING) this.#flush();
  }

  #flush(): void {
    this.close();
    const events = this.#waiting.splice(0);
    const [only] = events;
    if (only) this.#send(events.length === 1 ? only : { kind: 'events', events });
  }

  /** Stops the timer. What still waits is not sent. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
