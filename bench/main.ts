/**
 * `npm run bench [NAME…]`: what a user waits for, as ratios to floors measured in the same run. Prints the figures as
 * JSON on stdout and as a table on stderr; with `--write` the table goes into docs/performance.md.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { bursts } from './bursts.ts';
import { type Figure, tableOf } from './figures.ts';
import { flameGraphs } from './flame.ts';
import { largeFiles } from './large.ts';
import { opening } from './opening.ts';
import { pages } from './pages.ts';
import { previews } from './previews.ts';
import { overSsh } from './remote.ts';
import { showToSeen } from './seen.ts';
import { stubCalls } from './stub.ts';
import { largeTables } from './tables.ts';
import { transfer } from './transfer.ts';

const suites: Readonly<Record<string, () => Promise<Figure[]>>> = {
  seen: showToSeen,
  large: largeFiles,
  bursts,
  opening,
  stub: stubCalls,
  remote: overSsh,
  transfer,
  pages,
  flame: flameGraphs,
  tables: largeTables,
  previews,
};

const names = process.argv.slice(2).filter((name) => !name.startsWith('--'));
const figures: Figure[] = [];
for (const [name, suite] of Object.entries(suites)) {
  if (names.length > 0 && !names.includes(name)) continue;
  process.stderr.write(`bench: ${name}…\n`);
  figures.push(...(await suite()));
}
process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
process.stderr.write(`${tableOf(figures)}\n`);
if (process.argv.includes('--write')) {
  const path = 'docs/performance.md';
  const text = await readFile(path, 'utf8');
  const mark = /(<!-- figures -->\n)[\s\S]*?(<!-- \/figures -->)/;
  await writeFile(
    path,
    text.replace(mark, (_, begin: string, end: string) => `${begin}\n${tableOf(figures)}\n\n${end}`),
  );
}
process.exit(0);
