import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AsyncBuffer } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { firstRows } from './preview.ts';
import { openParquet, parquetSource } from './shared/read.ts';

const golden = (name: string): Uint8Array =>
  Uint8Array.from(readFileSync(join(import.meta.dirname, `golden/parquet/${name}/input.parquet`)));
const typed = golden('typed');

function fileOf(bytes: Uint8Array): AsyncBuffer {
  return {
    byteLength: bytes.length,
    slice(from, to = bytes.length) {
      return bytes.slice(from, to).buffer as ArrayBuffer;
    },
  };
}

describe('malformed files are reported', () => {
  const changed = (at: number, value: number): Uint8Array => {
    const bytes = Uint8Array.from(typed);
    bytes[at < 0 ? bytes.length + at : at] = value;
    return bytes;
  };
  test.each([
    ['too short', typed.subarray(0, 6), 'it has only 6 bytes'],
    ['another format', changed(0, 0), 'does not begin with PAR1'],
    ['truncated', typed.subarray(0, -100), 'is truncated'],
    ['a footer larger than the file', changed(-6, 255), 'more than the file has'],
    ['a malformed footer', changed(typed.length - 60, 255), ''],
  ])('%s', async (_, bytes, message) => {
    const opened = await openParquet(fileOf(bytes)).then(
      () => 'read',
      (error: unknown) => (error as Error).message,
    );
    expect(opened).toContain(message);
  });

  test('the columns that can be read are shown', async () => {
    const bytes = Uint8Array.from(typed);
    const parquet = await openParquet(fileOf(bytes));
    const chunk = parquet.metadata.row_groups[0]?.columns[1]?.meta_data;
    bytes.fill(
      255,
      Number(chunk?.data_page_offset),
      Number(chunk?.data_page_offset) + Number(chunk?.total_compressed_size),
    );
    const { rows, problems } = await firstRows(parquet, 5, 20);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('Column big could not be read');
    expect(rows[1]).toEqual(['1', '', '0.3333333333333333', '1.25', 'false']);
  });
});

test('reads a compressed file in blocks', async () => {
  const parquet = await openParquet(fileOf(golden('many-groups')));
  const source = await parquetSource(parquet, 10);
  expect(source.blocks).toEqual([0, 2048, 4096]);
  const ids = await source.read(0, 4096, 5000);
  expect([ids[0], ids[903]].map(String)).toEqual(['4096', '4999']);
});

test('keys of maps are strings', async () => {
  const { rows } = await firstRows(await openParquet(fileOf(golden('nested'))), 6, 5);
  expect(rows[1]).toEqual(['1', '[1,null,2]', '{"a":1,"b":{"c":"x1","d":[1.5,2.5]}}', '{"k1":1}', null, '{"j":1}']);
});
