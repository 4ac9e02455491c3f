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
const at = { n: 1, id } as const;

function made(...events: ScrollEvent[]): Entry | undefined {
  return events.reduce<Entry | undefined>((entry, event) => reduceEntry(entry, event), undefined);
}

test('an entry is accepted, rendered, changed and deleted', () => {
  expect(made(accepted)).toMatchObject({ status: 'accepted', revision: 0, name: 'a.txt' });
  expect(made(accepted, { event: 'rendered', ...at, ms: 3, type: 'csv' })).toMatchObject({
    status: 'ok',
    type: 'csv',
    ms: 3,
    bytes: 5,
    revision: 1,
  });
  expect(made(accepted, { event: 'failed', ...at, error: 'why' })).toMatchObject({
    status: 'failed',
    error: 'why',
    revision: 1,
  });
  expect(made(accepted, { event: 'changed', ...at, title: 'x' })).toMatchObject({ title: 'x', revision: 1 });
  expect(made(accepted, { event: 'deleted', ...at })).toMatchObject({ deleted: true });
});

test('an open entry grows and ends', () => {
  const open: ScrollEvent = { event: 'rendered', ...at, open: true };
  const grown = made(accepted, open, { event: 'grown', ...at, bytes: 9 });
  expect(grown).toMatchObject({ status: 'open', bytes: 9, revision: 1 });
  expect(made(accepted, open, { event: 'ended', ...at, bytes: 10 }, { event: 'rendered', ...at })).toMatchObject({
    status: 'ok',
    bytes: 10,
    revision: 2,
  });
});

test('a preview is replaced by the page of the complete file, or gets the reason why there is none', () => {
  const preview: ScrollEvent = { event: 'rendered', ...at, preview: true, ms: 2 };
  expect(made(accepted, preview)).toMatchObject({ status: 'preview', revision: 1 });
  expect(made(accepted, preview, { event: 'rendered', ...at })).toMatchObject({ status: 'ok', revision: 2 });
  expect(made(accepted, preview, { event: 'failed', ...at, error: 'e' })).toMatchObject({ status: 'failed' });
});

test('an entry that failed and is then rendered has no error', () => {
  const entry = made(accepted, { event: 'failed', ...at, error: 'why' }, { event: 'rendered', ...at });
  expect(entry).toMatchObject({ status: 'ok' });
  expect(entry).not.toHaveProperty('error');
});

test('an event of an entry that was never accepted makes no entry', () => {
  expect(made({ event: 'rendered', ...at })).toBeUndefined();
});

test('no event changes the number, id or name of an entry, or decreases its revision', () => {
  const event = fc.constantFrom<ScrollEvent>(
    { event: 'rendered', ...at },
    { event: 'rendered', ...at, open: true },
    { event: 'failed', ...at, error: 'e' },
    { event: 'grown', ...at, bytes: 7 },
    { event: 'ended', ...at },
    { event: 'changed', ...at },
    { event: 'deleted', ...at },
  );
  fc.assert(
    fc.property(fc.array(event), (events) => {
      let entry = made(accepted);
      for (const one of events) {
        const next = reduceEntry(entry, one);
        expect(next).toMatchObject({ n: 1, id, name: 'a.txt' });
        expect(next?.revision).toBeGreaterThanOrEqual(entry?.revision ?? 0);
        entry = next;
      }
    }),
  );
});
