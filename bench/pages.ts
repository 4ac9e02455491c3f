import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launch } from './browser.ts';
import { median } from './figures.ts';
import { type Product, startProduct, WP } from './product.ts';

const ROUNDS = 5;

/** An example of the gallery: a file, a directory, or the output of a command through a pipe. */
interface Example {
  readonly file: string;
  readonly stdin?: boolean;
  readonly type?: string;
}

/**
 * The size of one page in bytes, without the original and shared assets, and the time to its first paint in
 * milliseconds.
 */
export interface PageFigures {
  readonly what: string;
  readonly bytes: number;
  readonly paint: number;
}

/** Measures size and first paint of the page of each gallery example, opened by itself. */
export async function pages(): Promise<PageFigures[]> {
  const sections: { examples: Example[] }[] = JSON.parse(await readFile('examples/gallery.json', 'utf8'));
  const product = await startProduct();
  const browser = await launch();
  try {
    const page = await (await browser.newContext()).newPage();
    await page.goto(product.link);
    await page.waitForSelector('#state[data-state=live]');
    const figures: PageFigures[] = [];
    for (const [i, example] of sections.flatMap(({ examples }) => examples).entries()) {
      await show(example, product);
      await page.waitForSelector(`article[data-n="${i + 1}"] iframe.visible`);
      const paints: number[] = [];
      for (let round = 0; round < ROUNDS; round++) paints.push(await firstPaint(page, product, i + 1));
      figures.push({ what: example.file, bytes: await weight(product, i + 1), paint: median(paints) });
    }
    return figures;
  } finally {
    await browser.close();
    await product.stop();
  }
}

/** The figures as a Markdown table, one row for each example. */
export function pagesTable(figures: readonly PageFigures[]): string {
  const rows = figures.map(
    ({ what, bytes, paint }) => `| ${what} | ${(bytes / 1000).toFixed(1)} KB | ${paint.toFixed(0)} ms |`,
  );
  return ['| example | page | first paint |', '|---|---|---|', ...rows].join('\n');
}

/** Shows an example by its path, or through a pipe. */
async function show({ file, stdin, type }: Example, product: Product): Promise<void> {
  const path = join('examples', file);
  const input = stdin ? await open(path) : undefined;
  try {
    const args = ['show', ...(type ? ['--type', type] : []), ...(stdin ? [] : [path])];
    const child = spawn(WP, args, { env: product.env, stdio: [input?.fd ?? 'ignore', 'ignore', 'inherit'] });
    const [status] = await once(child, 'exit');
    if (status !== 0) throw new Error(`wp show ${file} ended with ${status}`);
  } finally {
    await input?.close();
  }
}

/** Milliseconds from the start of navigation to an entry's page in a new tab to its first contentful paint. */
async function firstPaint(viewer: Page, product: Product, n: number): Promise<number> {
  const page = await viewer.context().newPage();
  try {
    // Derive its URL from that of the original, which the entry has.
    const original = viewer.locator(`article[data-n="${n}"] a[href*="/source/"]`).first();
    const address = (await original.getAttribute('href'))?.replace(/\/source\/.*$/, '.html') ?? '';
    await page.goto(new URL(address, product.http).href);
    return await page.evaluate(
      () =>
        new Promise<number>((settle) => {
          new PerformanceObserver((list) => {
            const paint = list.getEntries().find(({ name }) => name === 'first-contentful-paint');
            if (paint) settle(paint.startTime);
          }).observe({ type: 'paint', buffered: true });
        }),
    );
  } finally {
    await page.close();
  }
}

/** The size of an entry's page and its assets in bytes, without the original. */
async function weight(product: Product, n: number): Promise<number> {
  const home = join(product.dir, 's/bench');
  const journal = (await readFile(join(home, 'scroll.ndjson'), 'utf8')).trim().split('\n');
  const events = journal.map((line) => JSON.parse(line) as { n?: number; id: string });
  const id = events.find((event) => event.n === n)?.id ?? '';
  let bytes = (await stat(join(home, `${id}.html`))).size;
  for (const item of await readdir(join(home, id), { recursive: true, withFileTypes: true })) {
    const path = join(item.parentPath, item.name);
    if (item.isFile() && !path.startsWith(join(home, id, 'source')) && item.name !== 'entry.json')
      bytes += (await stat(path)).size;
  }
  return bytes;
}
