import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { launch, openWatched } from './browser.ts';
import { duckdb } from './duckdb.ts';
import type { Figure } from './figures.ts';
import { runCommand, startProduct, WP } from './product.ts';
import { pause } from './seen.ts';

const ROWS = 10_000_000;
const MB = 1e6;
/** The time limit for each step, milliseconds. */
const PATIENCE = 120_000;

/** The times until a CSV file of 1 GB (100 million cells) is completely loaded, and until it is sorted. */
export async function largeTables(): Promise<Figure[]> {
  const home = await mkdtemp(join(tmpdir(), 'wp-bench-tables-'));
  const browser = await launch();
  const product = await startProduct();
  try {
    const csv = join(home, 'large.csv');
    await writeTable(csv);
    const duck = await duckdb();
    const timed = async (sql: string): Promise<number | undefined> => {
      if (!duck) return undefined;
      const startedAt = performance.now();
      const result = await duck.run(sql);
      if (sql.startsWith('select')) await result.fetchChunk();
      return performance.now() - startedAt;
    };
    const viewer = await openWatched(browser);
    await viewer.page.goto(product.link);
    await viewer.page.waitForSelector('#state[data-state=live]');
    await runCommand(WP, ['show', csv], product.env).ended;
    const frame = await tableFrame(viewer.page);

    // Run one after the other, because they share the cores.
    const parquet = join(home, 'large.parquet');
    const converted = await timed(
      `copy (select * from '${csv}') to '${parquet}' (format parquet, row_group_size 20480)`,
    );
    const before = await pageMemory(viewer.page);
    const grid = await until(frame, async () => frame.locator('.all').click(), `.grid.whole`);
    const after = await pageMemory(viewer.page);
    const sortedFloor = await timed(`select * from '${csv}' order by value limit 50`);
    const columnFloor = await timed(`select * from '${parquet}' order by value limit 50`);
    const sorted = await until(
      frame,
      async () => frame.locator('th button', { hasText: /^value$/ }).click(),
      undefined,
    );
    return [
      {
        what: 'csv of 1 GB, loaded completely, compared with DuckDB converting it to Parquet',
        value: grid,
        floor: converted,
        unit: 'ms',
        goal: 1.5,
      },
      {
        what: 'memory of the page during that, above idle',
        value: (after - before) / MB,
        unit: 'MB',
        goal: 150,
      },
      {
        what: 'sorting its 10 million rows by a number until the first rows, minus the time of DuckDB with the csv',
        value: sorted - (sortedFloor ?? 0),
        unit: 'ms',
        goal: 1000,
      },
      { what: 'the same, minus the time of DuckDB with its Parquet', value: sorted - (columnFloor ?? 0), unit: 'ms' },
    ];
  } finally {
    await browser.close();
    await product.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function tableFrame(page: Page): Promise<Frame> {
  const give = performance.now() + PATIENCE;
  while (performance.now() < give) {
    for (const frame of page.frames())
      if (
        (await frame
          .locator('.all')
          .count()
          .catch(() => 0)) > 0
      )
        return frame;
    await pause(50);
  }
  throw new Error('the table was not shown');
}

/** The time from an action until an element exists, or, without one, until the first row has changed. */
async function until(frame: Frame, act: () => Promise<void>, selectorText: string | undefined): Promise<number> {
  const first = (): string => document.querySelector('.grid tbody tr')?.textContent ?? '';
  const before = await frame.evaluate(first);
  const startedAt = performance.now();
  await act();
  const seen = ([selector, text]: readonly [string | undefined, string]): boolean =>
    selector === undefined
      ? (document.querySelector('.grid tbody tr')?.textContent ?? text) !== text
      : document.querySelector(selector) !== null;
  while (!(await frame.evaluate(seen, [selectorText, before] as const))) {
    if (performance.now() - startedAt > PATIENCE) {
      const errorText = await frame.locator('.count').textContent();
      throw new Error(`${selectorText ?? 'sorted rows'} did not come: ${errorText}`);
    }
    await pause(10);
  }
  return performance.now() - startedAt;
}

/** The resident memory of the browser's renderer processes, bytes. */
async function pageMemory(page: Page): Promise<number> {
  const session = await page.context().browser()!.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const { readFile } = await import('node:fs/promises');
  let sum = 0;
  for (const { type, id } of processInfo) {
    if (type !== 'renderer') continue;
    const statm = await readFile(`/proc/${id}/statm`, 'utf8').catch(() => '');
    sum += Number(statm.split(' ')[1] ?? 0) * 4096;
  }
  return sum;
}

/** Writes 10 million rows of 10 columns, about 1 GB. Each value is derived from the row number. */
async function writeTable(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    const cities = ['Zürich', 'Oslo', 'Quito', 'Lima'];
    let text = 'id,value,city,at,name,flag,score,price,code,share\n';
    for (let i = 0; i < ROWS; i++) {
      const mixed = Math.imul(i + 12_345, 2_654_435_761) >>> 0;
      const two = (n: number): string => String(n).padStart(2, '0');
      const day = `2024-${two(1 + (i % 12))}-${two(1 + (i % 28))} ${two(i % 24)}:${two(i % 60)}:00`;
      text +=
        `${i},${mixed / 1000 + 1},${cities[mixed % 4]},${day},user-${mixed % 5_000_000},${i % 7 === 0},` +
        `${i % 10 === 0 ? '' : mixed % 100},${(i * 1.5).toFixed(2)},${mixed % 10_000},${mixed / 1e7}\n`;
      if (text.length > 4 * MB) {
        await file.appendFile(text);
        text = '';
      }
    }
    await file.appendFile(text);
    await file.datasync();
  } finally {
    await file.close();
  }
}
