import { expect, test } from 'vitest';
import { PLAIN_FORMAT } from '../../../shared/kit/table/cell-format.ts';
import { columnarTable } from '../../../shared/kit/table/columnar.ts';
import { inMemoryColumns } from './in-memory-columns.ts';

test('rows beyond the cell limit are dropped, and hasMore is set', async () => {
  const columns = ['a', 'b'].map((name) => ({
    name,
    type: 'integer' as const,
    label: 'integer',
    format: PLAIN_FORMAT,
  }));
  const table = inMemoryColumns(columns, 10);
  const row = [1, 2];
  for (let i = 0; i < 5; i++) expect(table.add(row)).toBe(true);
  expect(columnarTable(table.source(), () => {})).toMatchObject({ hasMore: false });
  expect(table.add(row)).toBe(false);
  const view = columnarTable(table.source(), () => {});
  expect([view.rowCount(), view.hasMore]).toEqual([5, true]);
  expect((await view.rows(4, 5)).map(({ number }) => number)).toEqual([5]);
});
