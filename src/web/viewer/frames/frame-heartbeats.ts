import { type HeartbeatEvent, type HeartbeatState, heartbeat, isLate, NEW_DOCUMENT } from './heartbeat.ts';
import { postToPage } from './sandbox.ts';

/** The heartbeat states of the documents in frames. */
export interface FrameHeartbeats {
  /** A new document begins to load in the frame. */
  reset(frame: HTMLIFrameElement): void;
  /** Applies an event, and sends `ask` to the page if it is due. */
  update(frame: HTMLIFrameElement, event: HeartbeatEvent): void;
  /** Whether the page in the frame does not respond. */
  isLate(frame: HTMLIFrameElement): boolean;
}

export function createFrameHeartbeats(): FrameHeartbeats {
  const states = new WeakMap<HTMLIFrameElement, HeartbeatState>();
  return {
    reset(frame) {
      states.set(frame, NEW_DOCUMENT);
    },
    update(frame, event) {
      const next = heartbeat(states.get(frame) ?? NEW_DOCUMENT, event);
      states.set(frame, next.state);
      if (next.ask) postToPage(frame, { webpipe: 'ask' });
    },
    isLate: (frame) => isLate(states.get(frame) ?? NEW_DOCUMENT),
  };
}
