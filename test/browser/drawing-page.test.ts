/** Graphs, diagrams, formulas and maps in a real browser, in a sandboxed frame. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { golden } from '../support/golden.ts';
import { servePage, sharedBrowser } from './page-server.ts';

let browser: Browser;
let dir = '';
beforeAll(async () => {
  browser = await sharedBrowser();
  dir = await mkdtemp(join(tmpdir(), 'webpipe-drawing-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function withPage(
  type: string,
  text: string,
  check: (frame: FrameLocator, page: Page) => Promise<void>,
): Promise<void> {
  const path = join(dir, `input.${type}`);
  await writeFile(path, text);
  const server = await servePage(type, path);
  const page = await browser.newPage({ viewport: { width: 1000, height: 640 }, colorScheme: 'dark' });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('dialog', () => problems.push('something ran'));
  const elsewhere = (url: string) => /^https?:/.test(url) && new URL(url).origin !== new URL(server.framed).origin;
  page.on('requestfinished', (request) => elsewhere(request.url()) && problems.push(request.url()));
  page.on('requestfailed', (request) => {
    // Requests that the policy blocks do not leave the browser.
    if (elsewhere(request.url()) && request.failure()?.errorText !== 'csp') problems.push(request.url());
  });
  try {
    await page.goto(server.framed);
    await check(page.frameLocator('iframe'), page);
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await server.close();
  }
}

test('a graph is drawn, is readable in dark mode, and can be zoomed', async () => {
  await withPage(
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

test('a click on a link in a graph goes to the viewer, which asks; dragging from a link is not a click', async () => {
  const text = 'digraph { a [URL="https://example.org/a"]; b [href="javascript:alert(1)"]; a -> b [URL="#x"] }';
  await withPage('dot', text, async (frame, page) => {
    expect(await frame.locator('.stage a').count()).toBe(1);
    await page.evaluate(() => {
      const messages: unknown[] = [];
      Object.assign(globalThis, { messages });
      addEventListener('message', ({ data }) => data?.webpipe === 'link' && messages.push(data.url));
    });
    const messages = () => page.evaluate(() => (globalThis as unknown as { messages: unknown[] }).messages);
    const link = frame.locator('.stage a text');
    const box = await link.boundingBox();
    const [x, y] = [(box?.x ?? 0) + 3, (box?.y ?? 0) + 3];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 3, y + 6);
    await page.mouse.up();
    await frame.locator('.node', { hasText: 'b' }).click();
    expect(await messages()).toEqual([]);
    await link.click();
    await expect.poll(messages).toEqual(['https://example.org/a']);
  });
});

test('a broken graph is shown as text with the line', async () => {
  await withPage('dot', 'digraph {\n a -> b\n b -> ;\n}\n', async (frame) => {
    expect(await frame.locator('.bad').textContent()).toContain('line 3');
    expect(await frame.locator('mark').textContent()).toBe(' b -> ;');
  });
});

test('a graph that takes dot minutes to lay out is shown in time', async () => {
  let seed = 1;
  const next = () => {
    seed = (seed * 16807) % 2147483647;
    return Math.floor((seed / 2147483647) * 500);
  };
  const edges = Array.from({ length: 1000 }, () => `n${next()} -> n${next()};`);
  await withPage('dot', `digraph { ${edges.join('\n')} }`, async (frame) => {
    expect(await frame.locator('.note').first().textContent()).toContain('laid out by sfdp');
    const loaded = () => frame.locator('.stage img').evaluate((img) => (img as HTMLImageElement).naturalWidth);
    await expect.poll(loaded).toBeGreaterThan(500);
  });
});

test('a diagram is drawn, and hostile parts do nothing', async () => {
  await withPage('mmd', 'flowchart LR\n  one -->|next| two\n', async (frame) => {
    await expect.poll(() => frame.locator('.stage > svg').count()).toBe(1);
    expect(await frame.locator('.stage').textContent()).toContain('next');
    expect(await frame.locator('#larger').isVisible()).toBe(true);
  });
  await withPage('mmd', await readFile(golden('mmd/hostile/input.mmd'), 'utf8'), async (frame) => {
    await expect.poll(() => frame.locator('.stage svg, .bad').count()).toBeGreaterThan(0);
    expect(await frame.locator('.stage script, .stage [onerror], .stage a[href^="javascript"]').count()).toBe(0);
  });
});

test('a broken diagram is shown as text with the error', async () => {
  await withPage('mmd', 'flowchart LR\n  one --> \n', async (frame) => {
    await expect.poll(() => frame.locator('.bad').textContent()).toMatch(/^Not drawn: .* line \d/);
    expect(await frame.locator('pre.mermaid').textContent()).toContain('one -->');
  });
});

test('Markdown shows formulas and diagrams', async () => {
  await withPage('md', await readFile(golden('md/math/input.md'), 'utf8'), async (frame) => {
    expect(await frame.locator('.katex').count()).toBe(8);
    expect(await frame.locator('body').textContent()).toContain('It costs $5 and $6, or $7. Code: $x$.');
    await expect.poll(() => frame.locator('.diagram svg').count()).toBe(1);
    expect(await frame.locator('.diagram .node').count()).toBe(2);
    expect(await frame.locator('.diagram script').count()).toBe(0);
  });
});

test('a map above the tree links its features to table rows', async () => {
  await withPage('geojson', await readFile(golden('geojson/cities/input.geojson'), 'utf8'), async (frame) => {
    expect(await frame.locator('.stage g[data-i]').count()).toBe(5);
    await frame.locator('tr[data-i="4"]').click();
    expect(await frame.locator('.stage g.on').getAttribute('data-i')).toBe('4');
    await frame.locator('.stage g[data-i="1"]').click();
    expect(await frame.locator('tr.on').textContent()).toContain('Wien');
    await expect.poll(() => frame.locator('#tree .row').count()).toBeGreaterThan(10);
  });
});

test('a map of many features is loaded as a separate image', async () => {
  const features = Array.from({ length: 3000 }, (_, i) => ({
    type: 'Feature',
    properties: { i },
    geometry: { type: 'Point', coordinates: [(i % 60) / 10, Math.floor(i / 60) / 10] },
  }));
  await withPage('geojson', JSON.stringify({ type: 'FeatureCollection', features }), async (frame) => {
    const loaded = () => frame.locator('.stage img').evaluate((img) => (img as HTMLImageElement).naturalWidth);
    await expect.poll(loaded).toBe(960);
    expect(await frame.locator('.note').first().textContent()).toContain('2,000 features of 3,000');
  });
});
