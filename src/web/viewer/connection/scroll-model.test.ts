import { expect, test } from 'vitest';
import type { ScrollEvent } from '../../../shared/events.ts';
import type { FeedEntry, FeedMessage } from '../../../shared/feed.ts';
import { createScrollModel } from './scroll-model.ts';

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

test('an event that arrives twice is applied once', () => {
  const model = createScrollModel();
  expect(model.apply(snapshot(1, 2))).toEqual({ kind: 'all' });
  expect(model.apply(event(101, accepted(3)))).toMatchObject({ kind: 'entry', n: 3 });
  expect(model.apply(event(101, accepted(3)))).toBeUndefined();
  expect(model.apply(event(100, { event: 'deleted', n: 1, id: idOf(1) }))).toBeUndefined();
  expect(model.numbers()).toEqual([1, 2, 3]);
  expect([model.seq, model.last, model.isComplete]).toEqual([101, 3, true]);
  expect(model.entries.get(3)).toMatchObject({ status: 'accepted', cap: 'cap3' });
  model.apply(event(102, { event: 'rendered', n: 3, id: idOf(3), ms: 4 }));
  expect(model.entries.get(3)).toMatchObject({ status: 'ok', revision: 1, cap: 'cap3' });
});

test('older entries are assumed to exist until they arrive', () => {
  const model = createScrollModel();
  model.apply(snapshot(8, 10, 10));
  expect(model.isComplete).toBe(false);
  expect(model.numbers()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  // Entry 6 does not exist: entries 5 and 7 arrive without it.
  model.apply({ kind: 'older', entries: [entry(5), entry(7)] });
  expect(model.numbers()).toEqual([1, 2, 3, 4, 5, 7, 8, 9, 10]);
  model.apply({ kind: 'older', entries: entries(1, 4) });
  expect(model.isComplete).toBe(true);
  expect(model.numbers()).toEqual([1, 2, 3, 4, 5, 7, 8, 9, 10]);
  expect(model.numberOf(idOf(4))).toBe(4);
});

test('events of an entry that has not arrived yet are applied when it arrives', () => {
  const model = createScrollModel();
  model.apply(snapshot(8, 10, 10));
  expect(model.apply(event(101, { event: 'deleted', n: 3, id: idOf(3) }))).toBeUndefined();
  model.apply(event(102, { event: 'changed', n: 4, id: idOf(4), title: 'new' }));
  model.apply({ kind: 'older', entries: entries(1, 7) });
  expect(model.numbers()).not.toContain(3);
  expect(model.entries.get(4)).toMatchObject({ title: 'new', cap: 'cap4' });
});

test('growth has no sequence number of its own', () => {
  const model = createScrollModel();
  model.apply(snapshot(1, 1));
  expect(model.apply(event(100, { event: 'grown', n: 1, id: idOf(1), bytes: 9 }))).toMatchObject({ kind: 'entry' });
  expect(model.entries.get(1)?.bytes).toBe(9);
  expect(model.seq).toBe(100);
});

test('deleted entries disappear, and another journal replaces everything', () => {
  const model = createScrollModel();
  model.apply(snapshot(1, 3));
  model.apply(event(101, { event: 'deleted', n: 2, id: idOf(2) }));
  expect(model.numbers()).toEqual([1, 3]);
  model.apply({ kind: 'snapshot', journal: 'K', seq: 1, total: 0, running: false, entries: [] });
  expect([model.numbers(), model.journal, model.seq, model.last, model.isRunning]).toEqual([[], 'K', 1, 0, false]);
});

test('a live message advances the sequence number', () => {
  const model = createScrollModel();
  model.apply(snapshot(1, 1));
  expect(model.apply({ kind: 'live', seq: 105 })).toBeUndefined();
  expect(model.seq).toBe(105);
});

test('hidden entries are not listed, until others are hidden or the viewer reconnects', () => {
  const model = createScrollModel();
  model.apply(snapshot(1, 4));
  expect(model.apply({ kind: 'hidden', numbers: [2, 4] })).toEqual({ kind: 'hidden' });
  expect(model.numbers()).toEqual([1, 3]);
  model.apply(event(101, { event: 'deleted', n: 2, id: idOf(2) }));
  model.apply({ kind: 'hidden', numbers: [3] });
  expect(model.numbers()).toEqual([1, 4]);
  expect(model.apply({ kind: 'live', seq: 101 })).toEqual({ kind: 'hidden' });
  expect(model.numbers()).toEqual([1, 3, 4]);
});
