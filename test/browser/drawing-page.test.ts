/** Graphs in a real browser, in a sandboxed frame. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, servePage } from './page-server.ts';

let browser: Browser;
let dir = '';
beforeAll(async () => {
  browser = await launch();
  dir = await mkdtemp(join(tmpdir(), 'webpipe-drawing-'));
});
afterAll(async () => {
  await browser?.close();
  await rm(dir, { recursive: true, force: true });
});

async function shown(type: string, text: string, use: (frame: FrameLocator) => Promise<void>): Promise<void> {
  const path = join(dir, `input.${type}`);
  await writeFile(path, text);
  const server = await servePage(type, path);
  const page = await browser.newPage({ viewport: { width: 1000, height: 640 }, colorScheme: 'dark' });
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('dialog', () => wrong.push('something ran'));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(server.framed).origin) wrong.push(request.url());
  });
  try {
    await page.goto(server.framed);
    await use(page.frameLocator('iframe'));
    expect(wrong.filter((what) => !what.startsWith('data:') && !what.startsWith('blob:'))).toEqual([]);
  } finally {
    await page.close();
    await server.close();
  }
}

test('a graph is drawn, readable in the dark, and can be made larger', async () => {
  await shown(
    'dot',
    'digraph { a -> b -> c; b -> d [color=red label="<img src=x onerror=alert(1)>"] }',
    async (frame) => {
      expect(await frame.locator('.node').count()).toBe(4);
      expect(await frame.locator('.note').first().textContent()).toBe('4 nodes, 3 edges');
      const colour = await frame
        .locator('.node text')
        .first()
        .evaluate((text) => getComputedStyle(text).fill);
      expect(colour).toBe('rgb(223, 227, 232)');
      const width = () => frame.locator('.stage svg').evaluate((svg) => svg.getBoundingClientRect().width);
      const before = await width();
      await frame.locator('#larger').click();
      expect((await width()) / before).toBeCloseTo(1.4, 1);
      await frame.locator('#fit').click();
      expect(await width()).toBeCloseTo(before, 0);
    },
  );
});

test('a broken graph is shown as text with the line', async () => {
  await shown('dot', 'digraph {\n a -> b\n b -> ;\n}\n', async (frame) => {
    expect(await frame.locator('.bad').textContent()).toContain('line 3');
    expect(await frame.locator('mark').textContent()).toBe(' b -> ;');
  });
});

test('a graph that dot would think about for minutes is there in time', { timeout: 40_000 }, async () => {
  let seed = 1;
  const next = () => {
    seed = (seed * 16807) % 2147483647;
    return Math.floor((seed / 2147483647) * 500);
  };
  const edges = Array.from({ length: 1000 }, () => `n${next()} -> n${next()};`);
  await shown('dot', `digraph { ${edges.join('\n')} }`, async (frame) => {
    expect(await frame.locator('.note').first().textContent()).toContain('laid out by sfdp');
    const loaded = () => frame.locator('.stage img').evaluate((img) => (img as HTMLImageElement).naturalWidth);
    await expect.poll(loaded).toBeGreaterThan(500);
  });
});
