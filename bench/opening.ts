import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launch } from './browser.ts';
import { type Figure, median } from './figures.ts';
import { startProduct } from './product.ts';

const ROUNDS = 8;

/** The time from opening a scroll until its newest entry is visible, by the number of entries. */
export async function opening(): Promise<Figure[]> {
  const dir = await mkdtemp(join(tmpdir(), 'wp-bench-open-'));
  for (const count of [10, 1000, 10_000]) await makeScroll(dir, `s${count}`, count);
  const browser = await launch();
  const product = await startProduct(dir, 's10000');
  try {
    await open(browser, product.link, 's10', product.http);
    const times = new Map<number, number[]>([10, 1000, 10_000].map((count) => [count, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const [count, all] of times) all.push(await open(browser, undefined, `s${count}`, product.http));
    }
    const floor = median(times.get(10) ?? []);
    return [1000, 10_000].map((count) => ({
      what: `opening a scroll of ${count} entries, compared with 10 entries`,
      value: median(times.get(count) ?? []),
      floor,
      unit: 'ms',
      goal: 2,
    }));
  } finally {
    await browser.close();
    await product.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Milliseconds until the newest entry's page is shown, in a browser that is already logged in (with `link`). */
async function open(browser: Browser, link: string | undefined, scroll: string, http: string): Promise<number> {
  const context = browser.contexts()[0] ?? (await browser.newContext());
  const page = await context.newPage();
  if (link) {
    await page.goto(link);
    await page.waitForSelector('#state[data-state=live]');
  }
  const startedAt = performance.now();
  await page.goto(`${http}/s/${scroll}/`, { waitUntil: 'commit' });
  await page.waitForFunction(
    (n) => {
      const article = document.querySelector(`article[data-n="${n}"]`);
      return article !== null && article.getBoundingClientRect().top < innerHeight;
    },
    Number(scroll.slice(1)),
    { polling: 'raf' },
  );
  const time = performance.now() - startedAt;
  await page.close();
  return time;
}

/** Writes a scroll with `count` small texts. */
async function makeScroll(dir: string, name: string, count: number): Promise<void> {
  const home = join(dir, 's', name);
  await mkdir(home, { recursive: true, mode: 0o700 });
  const lines: string[] = [];
  for (let n = 1; n <= count; n++) {
    const id = n.toString(16).padStart(32, '0');
    const time = new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString();
    lines.push(
      JSON.stringify({ event: 'accepted', n, id, name: `note-${n}.txt`, type: 'txt', host: 'bench', time, bytes: 10 }),
    );
    lines.push(JSON.stringify({ event: 'rendered', n, id, type: 'txt', bytes: 10, ms: 1 }));
    await writeFile(
      join(home, `${id}.html`),
      `<!doctype html><meta charset="utf-8"><title>${n}</title><pre>entry ${n}</pre>`,
    );
  }
  await writeFile(join(home, 'scroll.ndjson'), `${lines.join('\n')}\n`);
}
