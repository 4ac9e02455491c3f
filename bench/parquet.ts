import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duckdb } from './duckdb.ts';
import { type Figure, median } from './figures.ts';
import { runCommand, startProduct, WP } from './product.ts';
import { openQuiet } from './quiet.ts';
import { pause } from './seen.ts';

const ROWS = 10_000_000;
/** Rows in a group of the Parquet files: what DuckDB and others write by themselves. */
const GROUPS = [122_880, 1_000_000];

/** Each in a server and a browser of its own. */
const ROUNDS = 5;

/** A table with columns of all kinds, none of them in order but the first. */
const MIXED = `select i as id, (hash(i + 1) % 4000000000) / 1000.0 as value,
  ['Zürich', 'Oslo', 'Quito', 'Lima'][1 + (i % 4)] as city, timestamp '2024-01-01' + to_seconds(i * 3) as at,
  'user-' || (hash(i + 7) % 5000000) as name, i % 7 = 0 as flag,
  case when i % 10 = 0 then null else hash(i) % 100 end as score from range(${ROWS}) t(i)`;

/** Parquet of 10 million rows sorted by a number that is spread over all of it, until the first rows are seen. */
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
        const begun = performance.now();
        await (await duck.run(`select * from '${path}' order by value limit 50`)).fetchChunk();
        floors.push(performance.now() - begun);
      }
      figures.push({
        what: `Parquet of 10 million rows in groups of ${rows.toLocaleString('en')}, sorted by a number, first rows, more than DuckDB takes`,
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
      // Its script may be on its way.
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

/** In the page: sorts by the column `value`; milliseconds until the first row is another. */
function sortByValue(): Promise<number> {
  const first = (): string => document.querySelector('.grid tbody tr')?.textContent ?? '';
  const before = first();
  const button = [...document.querySelectorAll<HTMLElement>('th button')].find((one) => one.textContent === 'value');
  return new Promise((resolve) => {
    const begun = performance.now();
    new MutationObserver(() => {
      if (first() !== before) resolve(performance.now() - begun);
    }).observe(document.querySelector('.grid tbody')!, { childList: true });
    button?.click();
  });
}
