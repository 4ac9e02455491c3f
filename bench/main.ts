/**
 * `npm run bench [NAME…]` measures the times that a user waits for, as ratios to floors measured in the same run.
 * Prints the figures as JSON on stdout and as tables on stderr; with `--write` their rows go into the tables of
 * docs/performance.md.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { bursts } from './bursts.ts';
import { type Figure, mergedTable, tableOf } from './figures.ts';
import { flameGraphs } from './flame.ts';
import { largeFiles } from './large.ts';
import { opening } from './opening.ts';
import { pages, pagesTable } from './pages.ts';
import { largeParquet } from './parquet.ts';
import { previews } from './previews.ts';
import { overSsh } from './remote.ts';
import { showToSeen } from './seen.ts';
import { senders } from './senders.ts';
import { stubCalls } from './stub.ts';
import { largeTables } from './tables.ts';
import { transfer } from './transfer.ts';

const suites: Readonly<Record<string, () => Promise<Figure[]>>> = {
  seen: showToSeen,
  large: largeFiles,
  bursts,
  senders,
  opening,
  stub: stubCalls,
  remote: overSsh,
  transfer,
  flame: flameGraphs,
  tables: largeTables,
  parquet: largeParquet,
  previews,
};

const names = process.argv.slice(2).filter((name) => !name.startsWith('--'));
const isSelected = (name: string): boolean => names.length === 0 || names.includes(name);
const figures: Figure[] = [];
for (const [name, suite] of Object.entries(suites)) {
  if (!isSelected(name)) continue;
  process.stderr.write(`bench: ${name}…\n`);
  figures.push(...(await suite()));
}
if (isSelected('pages')) process.stderr.write('bench: pages…\n');
const examples = isSelected('pages') ? await pages() : [];
process.stdout.write(`${JSON.stringify([...figures, ...examples], null, 2)}\n`);
const tables = {
  ...(figures.length > 0 && { figures: tableOf(figures) }),
  ...(examples.length > 0 && { pages: pagesTable(examples) }),
};
process.stderr.write(`${Object.values(tables).join('\n\n')}\n`);
if (process.argv.includes('--write')) {
  const path = 'docs/performance.md';
  let text = await readFile(path, 'utf8');
  for (const [name, table] of Object.entries(tables))
    text = text.replace(
      new RegExp(`(<!-- ${name} -->\n)([\\s\\S]*?)(<!-- /${name} -->)`),
      // Keep the rows of figures that were not measured. The pages are always measured completely.
      (_, begin: string, old: string, end: string) =>
        `${begin}\n${name === 'figures' ? mergedTable(old, table) : table}\n\n${end}`,
    );
  await writeFile(path, text);
}
process.exit(0);
