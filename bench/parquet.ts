import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duckdb } from './duckdb.ts';
import { type Figure, median } from './figures.ts';
import { runCommand, startProduct, WP } from './product.ts';
import { openQuiet } from './quiet.ts';
import { pause } from './seen.ts';

const ROWS = 10_000_000;
/** Rows per row group: the defaults of DuckDB and of other writers. */
const GROUPS = [122_880, 1_000_000];

/** Each round uses a new server and a new browser. */
const ROUNDS = 5;

/** SQL for a table with columns of several types. Only the first is in order. */
const MIXED = `select i as id, (hash(i + 1) % 4000000000) / 1000.0 as value,
  ['Zürich', 'Oslo', 'Quito', 'Lima'][1 + (i % 4)] as city, timestamp '2024-01-01' + to_seconds(i * 3) as at,
  'user-' || (hash(i + 7) % 5000000) as name, i % 7 = 0 as flag,
  case when i % 10 = 0 then null else hash(i) % 100 end as score from range(${ROWS}) t(i)`;

/** The time to sort a Parquet file of 10 million rows by an unordered number, until the first rows are visible. */
export async function largeParquet(): Promise<Figure[]> {
  const duck = await duckdb();
  if (!duck) return [];
  const home = await mkdtemp(join(tmpdir(), 'wp-bench-parquet-'));
  const figures: Figure[] = [];
  try {
    for (const rows of GROUPS) {
      const path = join(home, `groups-of-${rows}.parquet`);
      await duck.run(`copy (${MIXED}) to '${path}' (format parquet, row_group_size ${rows})`);
      const times: number[] = [];
      const floors: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        times.push(await sortedParquet(path));
        const startedAt = performance.now();
        await (await duck.run(`select * from '${path}' order by value limit 50`)).fetchChunk();
        floors.push(performance.now() - startedAt);
      }
      const groupSize = rows.toLocaleString('en');
      figures.push({
        what: `Parquet, 10 million rows in groups of ${groupSize}: sorting until the first rows, minus the time of DuckDB`,
        value: median(times) - median(floors),
        unit: 'ms',
        goal: 1000,
      });
    }
    return figures;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function sortedParquet(path: string): Promise<number> {
  const product = await startProduct();
  try {
    await runCommand(WP, ['show', path], product.env).ended;
    const browser = await openQuiet(product.link);
    try {
      const evaluate = await browser.frameWith('.all');
      // The page's script may still be loading.
      await pause(1000);
      await evaluate(`document.querySelector('.all').click()`);
      await browser.frameWith('.grid.whole');
      await pause(500);
      return Number(await evaluate(`(${sortByValue.toString()})()`));
    } finally {
      await browser.close();
    }
  } finally {
    await product.stop();
  }
}

/** Runs in the page: sorts by the column `value`. Returns the milliseconds until the first row has changed. */
function sortByValue(): Promise<number> {
  const first = (): string => document.querySelector('.grid tbody tr')?.textContent ?? '';
  const before = first();
  const button = [...document.querySelectorAll<HTMLElement>('th button')].find((one) => one.textContent === 'value');
  return new Promise((resolve) => {
    const startedAt = performance.now();
    new MutationObserver(() => {
      if (first() !== before) resolve(performance.now() - startedAt);
    }).observe(document.querySelector('.grid tbody')!, { childList: true });
    button?.click();
  });
}
