import { expect, test } from 'vitest';
import type { ScrollEvent } from '../../../shared/events.ts';
import type { FeedEntry, FeedMessage } from '../../../shared/feed.ts';
import { createScrollState } from './scroll-model.ts';

const idOf = (n: number) => n.toString(16).padStart(32, '0');
const entry = (n: number): FeedEntry => ({
  n,
  id: idOf(n),
  status: 'ok',
  name: `${n}.txt`,
  type: 'txt',
  host: 'h',
  time: '2025-01-01T00:00:00Z',
  bytes: 1,
  revision: 1,
  cap: `cap${n}`,
});
const entries = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => entry(from + index));
const snapshot = (from: number, to: number, total = to): FeedMessage => ({
  kind: 'snapshot',
  journal: 'J',
  seq: 100,
  total,
  running: true,
  entries: entries(from, to),
});
const event = (seq: number, body: ScrollEvent): FeedMessage => ({
  kind: 'event',
  seq,
  event: body,
  cap: `cap${body.n}`,
});
const accepted = (n: number): ScrollEvent => ({
  event: 'accepted',
  n,
  id: idOf(n),
  name: 'x',
  type: 'txt',
  host: 'h',
  time: '',
  bytes: 0,
});

test('a new entry is there once, however often it is told', () => {
  const state = createScrollState();
  expect(state.take(snapshot(1, 2))).toEqual({ what: 'all' });
  expect(state.take(event(101, accepted(3)))).toMatchObject({ what: 'entry', n: 3 });
  expect(state.take(event(101, accepted(3)))).toBeUndefined();
  expect(state.take(event(100, { event: 'deleted', n: 1, id: idOf(1) }))).toBeUndefined();
  expect(state.numbers()).toEqual([1, 2, 3]);
  expect([state.seq, state.last, state.complete]).toEqual([101, 3, true]);
  expect(state.entries.get(3)).toMatchObject({ status: 'accepted', cap: 'cap3' });
  state.take(event(102, { event: 'rendered', n: 3, id: idOf(3), ms: 4 }));
  expect(state.entries.get(3)).toMatchObject({ status: 'ok', revision: 1, cap: 'cap3' });
});

test('until older entries come, all that may be there keep a place', () => {
  const state = createScrollState();
  state.take(snapshot(8, 10, 10));
  expect(state.complete).toBe(false);
  expect(state.numbers()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  // Entry 6 is none, as its neighbours show.
  state.take({ kind: 'older', entries: [entry(5), entry(7)] });
  expect(state.numbers()).toEqual([1, 2, 3, 4, 5, 7, 8, 9, 10]);
  state.take({ kind: 'older', entries: entries(1, 4) });
  expect(state.complete).toBe(true);
  expect(state.numbers()).toEqual([1, 2, 3, 4, 5, 7, 8, 9, 10]);
  expect(state.numberOf(idOf(4))).toBe(4);
});

test('what happens to an entry before its chunk comes is not lost', () => {
  const state = createScrollState();
  state.take(snapshot(8, 10, 10));
  expect(state.take(event(101, { event: 'deleted', n: 3, id: idOf(3) }))).toBeUndefined();
  state.take(event(102, { event: 'changed', n: 4, id: idOf(4), title: 'new' }));
  state.take({ kind: 'older', entries: entries(1, 7) });
  expect(state.numbers()).not.toContain(3);
  expect(state.entries.get(4)).toMatchObject({ title: 'new', cap: 'cap4' });
});

test('a file that grows is told of without a number of its own', () => {
  const state = createScrollState();
  state.take(snapshot(1, 1));
  expect(state.take(event(100, { event: 'grown', n: 1, id: idOf(1), bytes: 9 }))).toMatchObject({ what: 'entry' });
  expect(state.entries.get(1)?.bytes).toBe(9);
  expect(state.seq).toBe(100);
});

test('deleted entries are gone, and another journal replaces all', () => {
  const state = createScrollState();
  state.take(snapshot(1, 3));
  state.take(event(101, { event: 'deleted', n: 2, id: idOf(2) }));
  expect(state.numbers()).toEqual([1, 3]);
  state.take({ kind: 'snapshot', journal: 'K', seq: 1, total: 0, running: false, entries: [] });
  expect([state.numbers(), state.journal, state.seq, state.last, state.running]).toEqual([[], 'K', 1, 0, false]);
});

test('live says how far we are', () => {
  const state = createScrollState();
  state.take(snapshot(1, 1));
  expect(state.take({ kind: 'live', seq: 105 })).toBeUndefined();
  expect(state.seq).toBe(105);
});
