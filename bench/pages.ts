import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launch } from './browser.ts';
import { type Figure, median } from './figures.ts';
import { type Product, runCommand, startProduct, WP } from './product.ts';

const ROUNDS = 5;

/** What pages of each kind weigh, without the original and what all pages share, and how soon they paint, opened alone. */
export async function pages(): Promise<Figure[]> {
  const sections: { examples: { file: string; stdin?: boolean }[] }[] = JSON.parse(
    await readFile('examples/gallery.json', 'utf8'),
  );
  const files = sections.flatMap(({ examples }) => examples).filter(({ stdin }) => !stdin);
  const product = await startProduct();
  const browser = await launch();
  try {
    const page = await (await browser.newContext()).newPage();
    await page.goto(product.link);
    await page.waitForSelector('#state[data-state=live]');
    const figures: Figure[] = [];
    for (const [i, { file }] of files.entries()) {
      const { status } = await runCommand(WP, ['show', join('examples', file)], product.env).ended;
      if (status !== 0) throw new Error(`wp show ${file} ended with ${status}`);
      await page.waitForSelector(`article[data-n="${i + 1}"] iframe.there`);
      const name = file.slice(file.lastIndexOf('/') + 1);
      const paints: number[] = [];
      for (let round = 0; round < ROUNDS; round++) paints.push(await firstPaint(page, product, i + 1));
      figures.push(
        { what: `page of ${name}`, value: (await weight(product, i + 1)) / 1000, unit: 'KB' },
        { what: `first paint of ${name}`, value: median(paints), unit: 'ms' },
      );
    }
    return figures;
  } finally {
    await browser.close();
    await product.stop();
  }
}

/** Milliseconds from the way to an entry's page, in a tab of its own, to its first content on the screen. */
async function firstPaint(viewer: Page, product: Product, n: number): Promise<number> {
  const page = await viewer.context().newPage();
  try {
    // Beside the original, whose address the entry tells.
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

/** The bytes of an entry's page and of what it brings with it, without its original. */
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
