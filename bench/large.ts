import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, openWatched } from './browser.ts';
import { type Figure, median } from './figures.ts';
import { startProduct } from './product.ts';
import { pause, show } from './seen.ts';

const MB = 1e6;

/** A large file compared with a small one of the same type, and the growth of the server's memory. */
export async function largeFiles(): Promise<Figure[]> {
  const home = await mkdtemp(join(tmpdir(), 'wp-bench-large-'));
  const browser = await launch();
  const product = await startProduct();
  try {
    const viewer = await openWatched(browser);
    await viewer.page.goto(product.link);
    await viewer.page.waitForSelector('#state[data-state=live]');
    await pause(1000);
    const idle = await product.memory();
    let most = idle;
    const meter = setInterval(() => void product.memory().then((bytes) => (most = Math.max(most, bytes))), 50);
    const figures: Figure[] = [];
    for (const [ending, row] of [
      ['txt', 'a line of an ordinary text, as logs have them\n'],
      ['csv', '1234,some words,2026-01-02,3.25,true\n'],
    ] as const) {
      const head = (token: string) => (ending === 'csv' ? `id,${token},date,value,flag\n` : `${token}\n`);
      const make = (size: number) => async (token: string) => {
        const path = join(home, `${size}.${ending}`);
        await fill(path, head(token), row, size);
        return path;
      };
      const rounds = async (size: number, count: number) => {
        const times: number[] = [];
        for (let i = 0; i < count; i++) times.push(await show(viewer, make(size), product.env));
        return median(times.slice(1));
      };
      const tiny = await rounds(100, 10);
      figures.push({
        what: `${ending} of 10 MB, compared with 100 bytes`,
        value: await rounds(10 * MB, 10),
        floor: tiny,
        unit: 'ms',
        goal: 2,
      });
      figures.push({
        what: `${ending} of 1 GB, compared with 100 bytes`,
        value: await rounds(1000 * MB, 4),
        floor: tiny,
        unit: 'ms',
        goal: 2,
      });
      await rm(join(home, `${1000 * MB}.${ending}`));
    }
    clearInterval(meter);
    figures.push({ what: 'peak memory of the server above idle', value: (most - idle) / MB, unit: 'MB', goal: 150 });
    return figures;
  } finally {
    await browser.close();
    await product.stop();
    await rm(home, { recursive: true, force: true });
  }
}

/** Writes a file of `size` bytes. If it exists, rewrites only its beginning. */
async function fill(path: string, head: string, row: string, size: number): Promise<void> {
  const present = await open(path, 'r+').catch(() => undefined);
  if (present) {
    await present.write(head, 0);
    await present.close();
    return;
  }
  const block = row.repeat(Math.max(1, Math.floor(Math.min(size, MB) / row.length)));
  await writeFile(path, head);
  const file = await open(path, 'a');
  for (let written = 0; written < size; written += block.length) await file.appendFile(block);
  await file.datasync();
  await file.close();
}
