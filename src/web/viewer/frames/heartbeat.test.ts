import { expect, test } from 'vitest';
import { type HeartbeatEvent, heartbeat, isLate, NEW_DOCUMENT } from './heartbeat.ts';

/** Whether a page is late after these events, and how many `ask` messages it was sent. */
function after(...events: HeartbeatEvent[]): { late: boolean; sent: number } {
  let state = NEW_DOCUMENT;
  let sent = 0;
  for (const event of events) {
    const next = heartbeat(state, event);
    state = next.state;
    if (next.ask) sent += 1;
  }
  return { late: isLate(state), sent };
}

test('a page that answers gets a message at every tick and is not late', () => {
  expect(after('loaded', 'tick', 'answered', 'tick', 'answered', 'tick')).toEqual({ late: false, sent: 3 });
});

test('a page that has answered before is late when an answer is due for three ticks', () => {
  expect(after('loaded', 'tick', 'answered', 'tick', 'tick', 'tick')).toEqual({ late: false, sent: 2 });
  expect(after('loaded', 'tick', 'answered', 'tick', 'tick', 'tick', 'tick')).toEqual({ late: true, sent: 2 });
});

test('an answer ends the delay', () => {
  expect(after('loaded', 'tick', 'answered', 'tick', 'tick', 'tick', 'tick', 'answered').late).toBe(false);
});

test('a page that never loads is late', () => {
  expect(after('tick', 'tick', 'tick', 'tick')).toEqual({ late: true, sent: 1 });
});

test('a page that has loaded and never answered may not know heartbeats, so it is not late', () => {
  expect(after('loaded', 'tick', 'tick', 'tick', 'tick', 'tick').late).toBe(false);
});

test('another document in the same frame may not know heartbeats', () => {
  expect(after('loaded', 'tick', 'answered', 'loaded', 'tick', 'tick', 'tick', 'tick').late).toBe(false);
});
