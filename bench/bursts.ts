import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure } from './figures.ts';
import { runCommand, startProduct, WP } from './product.ts';

/** Many shows in a row and at once: counts lost, duplicated and misplaced entries. */
export async function bursts(): Promise<Figure[]> {
  const home = await mkdtemp(join(tmpdir(), 'wp-bench-burst-'));
  const product = await startProduct();
  try {
    const paths = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const path = join(home, `${String(i).padStart(3, '0')}.txt`);
        await writeFile(path, `file ${i}\n`);
        return path;
      }),
    );
    let startedAt = performance.now();
    for (const path of paths) await check(runCommand(WP, ['show', path], product.env).ended);
    const inRow = performance.now() - startedAt;
    startedAt = performance.now();
    await Promise.all(paths.slice(0, 100).map((path) => check(runCommand(WP, ['show', path], product.env).ended)));
    const atOnce = performance.now() - startedAt;
    const journal = (await readFile(join(product.dir, 's/bench/scroll.ndjson'), 'utf8')).trim().split('\n');
    const events = journal.map((line) => JSON.parse(line) as { event: string; n: number; name?: string; id: string });
    const accepted = events.filter(({ event }) => event === 'accepted');
    const lost = 300 - accepted.length;
    const duplicated = accepted.length - new Set(accepted.map(({ id }) => id)).size;
    const misplaced = accepted
      .slice(0, 200)
      .filter(({ name }, i) => name !== `${String(i).padStart(3, '0')}.txt`).length;
    return [
      { what: '200 shows in a row, each', value: inRow / 200, unit: 'ms' },
      { what: '100 shows at once, each', value: atOnce / 100, unit: 'ms' },
      { what: '300 shows: lost', value: lost, unit: '', goal: 0 },
      { what: '300 shows: duplicated', value: duplicated, unit: '', goal: 0 },
      { what: '200 shows in a row: out of order', value: misplaced, unit: '', goal: 0 },
    ];
  } finally {
    await product.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function check(ended: Promise<{ status: number | null }>): Promise<void> {
  const { status } = await ended;
  if (status !== 0) throw new Error(`wp show ended with ${status}`);
}
