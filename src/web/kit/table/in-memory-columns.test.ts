import { expect, test } from 'vitest';
import { PLAIN_FORMAT } from '../../../shared/kit/table/cell-format.ts';
import { columnarTable } from '../../../shared/kit/table/columnar.ts';
import { inMemoryColumns } from './in-memory-columns.ts';

test('a table that is kept as a whole ends where it has no more room, and says so', async () => {
  const columns = ['a', 'b'].map((name) => ({
    name,
    type: 'integer' as const,
    label: 'integer',
    format: PLAIN_FORMAT,
  }));
  const kept = inMemoryColumns(columns, 10);
  const row = [1, 2];
  for (let i = 0; i < 5; i++) expect(kept.add(row)).toBe(true);
  expect(columnarTable(kept.source(), () => {})).toMatchObject({ hasMore: false });
  expect(kept.add(row)).toBe(false);
  const store = columnarTable(kept.source(), () => {});
  expect([store.rowCount(), store.hasMore]).toEqual([5, true]);
  expect((await store.rows(4, 5)).map(({ number }) => number)).toEqual([5]);
});
