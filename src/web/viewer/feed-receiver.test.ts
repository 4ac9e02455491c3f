import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EventMessage, FeedMessage } from '../../shared/feed.ts';
import { createScrollModel } from './connection/scroll-model.ts';
import { createReceiver, type ReceiverOptions } from './feed-receiver.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const id = 'a'.repeat(32);
const snapshot: FeedMessage = { kind: 'snapshot', journal: 'J', seq: 0, total: 0, running: true, entries: [] };
const accepted: EventMessage = {
  kind: 'event',
  seq: 1,
  event: { event: 'accepted', n: 1, id, name: 'x', type: 'txt', host: 'h', time: '', bytes: 0 },
  cap: 'C',
};
const rendered: EventMessage = { kind: 'event', seq: 2, event: { event: 'rendered', n: 1, id }, cap: 'C', page: '<p>' };

/** Creates a receiver, and the list of its calls to other parts in order. */
function create({ delivers = true } = {}): { calls: string[]; receive: (message: FeedMessage) => void } {
  const calls: string[] = [];
  const call = (name: string) => () => void calls.push(name);
  const options = {
    model: createScrollModel(),
    frames: {
      deliver: (_: unknown, html: string) => {
        calls.push(`deliver ${html}`);
        return delivers;
      },
      post: (n: number, message: unknown) => calls.push(`post ${n} ${JSON.stringify(message)}`),
    },
    warm: { add: call('add'), reset: (delay: number) => calls.push(`reset ${delay}`) },
    alone: { n: undefined, post: call('post alone') },
    updates: { now: call('now'), soon: call('soon'), later: call('later') },
    announce: call('announce'),
    notify: (text: string) => calls.push(`notify ${text}`),
    willHaveSlot: () => true,
    onSnapshot: (isSameJournal: boolean) => calls.push(`snapshot ${isSameJournal}`),
  } as unknown as ReceiverOptions;
  return { calls, receive: createReceiver(options) };
}

test('a page is delivered before the feed is updated, in a task of its own', () => {
  const { calls, receive } = create();
  receive(snapshot);
  calls.length = 0;
  receive({ kind: 'events', events: [accepted, rendered] });
  expect(calls).toEqual(['announce', 'deliver <p>']);
  vi.advanceTimersByTime(0);
  expect(calls).toEqual(['announce', 'deliver <p>', 'soon']);
});

test('the feed is updated at once if no frame has taken a page', () => {
  const { calls, receive } = create({ delivers: false });
  receive(snapshot);
  calls.length = 0;
  receive({ kind: 'events', events: [accepted, rendered] });
  expect(calls).toEqual(['announce', 'deliver <p>', 'soon']);
});

test('a notice is shown to the reader', () => {
  const { calls, receive } = create();
  receive({ kind: 'notice', text: 'Entry 1 was not deleted' });
  expect(calls).toEqual(['notify Entry 1 was not deleted']);
});

test('an event that arrives again changes nothing', () => {
  const { calls, receive } = create();
  receive(snapshot);
  receive(accepted);
  calls.length = 0;
  receive(accepted);
  vi.runAllTimers();
  expect(calls).toEqual([]);
});

test('growth is sent to the page of the entry', () => {
  const { calls, receive } = create();
  receive(snapshot);
  receive(accepted);
  calls.length = 0;
  receive({ kind: 'event', seq: 1, event: { event: 'grown', n: 1, id, bytes: 9 }, cap: 'C' });
  receive({ kind: 'event', seq: 2, event: { event: 'ended', n: 1, id, bytes: 12 }, cap: 'C' });
  expect(calls.filter((line) => line.startsWith('post'))).toEqual([
    'post 1 {"webpipe":"grown","bytes":9,"ended":false}',
    'post 1 {"webpipe":"grown","bytes":12,"ended":true}',
  ]);
});

test('warm frames are requested at once in an empty scroll, and later in one whose entries load first', () => {
  const { calls, receive } = create();
  receive(snapshot);
  expect(calls).toEqual(['reset 0', 'snapshot false']);
  receive(accepted);
  calls.length = 0;
  receive({ kind: 'live', seq: 2 });
  expect(calls).toEqual(['reset 400']);
});

test('a snapshot reports whether it is of the same journal as the previous one', () => {
  const { calls, receive } = create();
  receive(snapshot);
  receive(snapshot);
  receive({ ...snapshot, journal: 'K' });
  expect(calls.filter((line) => line.startsWith('snapshot'))).toEqual([
    'snapshot false',
    'snapshot true',
    'snapshot false',
  ]);
});
