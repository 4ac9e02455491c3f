import type { ColumnChunk } from 'hyparquet';
import { expect, test } from 'vitest';
import { pagesOf } from './pages.ts';
import { valuesAt } from './values.ts';

/** Levels of one bit, run-length encoded. */
const [THREE_ZEROS, THREE_ONES] = [
  [6, 0],
  [6, 1],
];

/** The header of an uncompressed DATA_PAGE_V2 of three PLAIN values, in Thrift's compact protocol. */
function headerOf(bodySize: number, definitionSize: number, repetitionSize: number): number[] {
  const int = (value: number): number[] => [0x15, value * 2];
  const page = [...int(3), ...int(0), ...int(3), ...int(0), ...int(definitionSize), ...int(repetitionSize), 0x12, 0];
  return [...int(3), ...int(bodySize), ...int(bodySize), 0x5c, ...page, 0];
}

test('skips repetition levels of a column without lists', async () => {
  const values = [7, 8, 9].flatMap((value) => [value, 0, 0, 0]);
  const body = [...THREE_ZEROS!, ...THREE_ONES!, ...values];
  const bytes = Uint8Array.from([...headerOf(body.length, 2, 2), ...body]);
  const chunk = {
    meta_data: { codec: 'UNCOMPRESSED', data_page_offset: 0n, total_compressed_size: BigInt(bytes.length) },
  } as unknown as ColumnChunk;
  const file = { byteLength: bytes.length, slice: (from: number, to?: number) => bytes.slice(from, to).buffer };
  const pages = pagesOf(file, chunk, 3, 3);
  const column = { type: 'INT32', width: 4, divisor: undefined, isUnsigned: false, isOptional: true, rows: 3 } as const;
  expect(await valuesAt({ ...column, pages }, [0, 1, 2])).toEqual([7, 8, 9]);
});
