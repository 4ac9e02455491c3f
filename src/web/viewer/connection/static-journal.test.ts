import { expect, test } from 'vitest';
import { parseJournal, replay } from './static-journal.ts';

const id = 'a'.repeat(32);
const accepted = { event: 'accepted', n: 1, id, name: 'a', type: 'txt', host: 'h', time: '', bytes: 3 };

test('a journal is parsed into entries, and lines that are not events are skipped', () => {
  const lines = parseJournal(
    `${JSON.stringify(accepted)}\nbroken\n42\n${JSON.stringify({ event: 'rendered', n: 1, id })}\n${JSON.stringify({ event: 'rendered', n: 9, id })}\n`,
  );
  expect(lines.map((line) => line?.event)).toEqual(['accepted', undefined, undefined, 'rendered', 'rendered']);
  expect(replay(lines)).toMatchObject([{ n: 1, status: 'ok', revision: 1 }]);
});

test('an empty journal has no lines', () => {
  expect(parseJournal('')).toEqual([]);
});

test('a deleted entry is marked, even if its other lines cannot be read', () => {
  const deleted = JSON.stringify({ event: 'deleted', n: 1, id });
  const other = JSON.stringify({ event: 'deleted', n: 2, id: 'b'.repeat(32) });
  const entries = replay(parseJournal(`${JSON.stringify(accepted)}   \n     \n${deleted}\n${other}\n`));
  expect(entries).toMatchObject([
    { n: 1, deleted: true },
    { n: 2, deleted: true, name: '' },
  ]);
});
