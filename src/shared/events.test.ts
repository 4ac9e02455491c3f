import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from './entry.ts';
import { reduceEntry, type ScrollEvent } from './events.ts';

const id = '0123456789abcdef0123456789abcdef';
const accepted: ScrollEvent = {
  event: 'accepted',
  n: 1,
  id,
  name: 'a.txt',
  type: 'txt',
  host: 'h',
  time: 't',
  bytes: 5,
};
const key = { n: 1, id } as const;

function entryAfter(...events: ScrollEvent[]): Entry | undefined {
  return events.reduce<Entry | undefined>((entry, event) => reduceEntry(entry, event), undefined);
}

test('an entry is accepted, rendered, changed and deleted', () => {
  expect(entryAfter(accepted)).toMatchObject({ status: 'accepted', revision: 0, name: 'a.txt' });
  expect(entryAfter(accepted, { event: 'rendered', ...key, ms: 3, type: 'csv' })).toMatchObject({
    status: 'ok',
    type: 'csv',
    ms: 3,
    bytes: 5,
    revision: 1,
  });
  expect(entryAfter(accepted, { event: 'failed', ...key, error: 'why' })).toMatchObject({
    status: 'failed',
    error: 'why',
    revision: 1,
  });
  expect(entryAfter(accepted, { event: 'changed', ...key, title: 'x' })).toMatchObject({ title: 'x', revision: 1 });
  expect(entryAfter(accepted, { event: 'deleted', ...key })).toMatchObject({ deleted: true });
});

test('an open entry grows and ends', () => {
  const open: ScrollEvent = { event: 'rendered', ...key, open: true };
  const grown = entryAfter(accepted, open, { event: 'grown', ...key, bytes: 9 });
  expect(grown).toMatchObject({ status: 'open', bytes: 9, revision: 1 });
  expect(
    entryAfter(accepted, open, { event: 'ended', ...key, bytes: 10 }, { event: 'rendered', ...key }),
  ).toMatchObject({
    status: 'ok',
    bytes: 10,
    revision: 2,
  });
});

test('a preview is replaced by the page of the complete file, or gets the reason why there is none', () => {
  const preview: ScrollEvent = { event: 'rendered', ...key, preview: true, ms: 2 };
  expect(entryAfter(accepted, preview)).toMatchObject({ status: 'preview', revision: 1 });
  expect(entryAfter(accepted, preview, { event: 'rendered', ...key })).toMatchObject({ status: 'ok', revision: 2 });
  expect(entryAfter(accepted, preview, { event: 'failed', ...key, error: 'e' })).toMatchObject({ status: 'failed' });
});

test('an entry that failed and is then rendered has no error', () => {
  const entry = entryAfter(accepted, { event: 'failed', ...key, error: 'why' }, { event: 'rendered', ...key });
  expect(entry).toMatchObject({ status: 'ok' });
  expect(entry).not.toHaveProperty('error');
});

test('an event of an entry that was never accepted makes no entry', () => {
  expect(entryAfter({ event: 'rendered', ...key })).toBeUndefined();
});

test('no event changes the number, id or name of an entry, or decreases its revision', () => {
  const anyEvent = fc.constantFrom<ScrollEvent>(
    { event: 'rendered', ...key },
    { event: 'rendered', ...key, open: true },
    { event: 'failed', ...key, error: 'e' },
    { event: 'grown', ...key, bytes: 7 },
    { event: 'ended', ...key },
    { event: 'changed', ...key },
    { event: 'deleted', ...key },
  );
  fc.assert(
    fc.property(fc.array(anyEvent), (events) => {
      let entry = entryAfter(accepted);
      for (const event of events) {
        const next = reduceEntry(entry, event);
        expect(next).toMatchObject({ n: 1, id, name: 'a.txt' });
        expect(next?.revision).toBeGreaterThanOrEqual(entry?.revision ?? 0);
        entry = next;
      }
    }),
  );
});
