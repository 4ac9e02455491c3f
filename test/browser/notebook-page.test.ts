/** Pages of notebooks in a real browser. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { golden } from '../support/golden.ts';
import { sharedBrowser } from './page-server.ts';
import { withShownFile } from './shown.ts';

let browser: Browser;
let dir = '';
beforeAll(async () => {
  browser = await sharedBrowser();
  dir = await mkdtemp(join(tmpdir(), 'webpipe-notebook-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('a notebook shows text, code, tables, images and tracebacks; nothing runs or is loaded from other servers', async () => {
  const path = golden('ipynb/analysis/input.ipynb');
  await withShownFile(browser, 'ipynb', path, async ({ frame }) => {
    await expect
      .poll(() =>
        frame.locator('img').evaluateAll((all) => all.map((image) => (image as HTMLImageElement).naturalWidth)),
      )
      .toEqual([24, 162, 80]);
    expect(await frame.locator('.out table td').allTextContents()).toContain('4.25');
    expect(await frame.locator('.source .h-keyword').first().textContent()).toBe('import');
    // A line that is overwritten, as in a terminal.
    expect(await frame.locator('.out pre').first().textContent()).toBe('green and plain\n100 %\n');
    expect(await frame.locator('.error').last().textContent()).toContain('ZeroDivisionError: division by zero');
    expect(await frame.locator('[onclick],[onmouseover],main script').count()).toBe(0);
    await frame.getByLabel('Code').uncheck();
    expect(await frame.locator('.source').first().isVisible()).toBe(false);
    expect(await frame.locator('.out table').isVisible()).toBe(true);
  });
});

test('a long notebook is shown in parts, on demand', async () => {
  const path = join(dir, 'long.ipynb');
  const cells = Array.from({ length: 300 }, (_, i) => ({
    cell_type: 'code',
    execution_count: i,
    metadata: {},
    outputs: [{ output_type: 'stream', name: 'stdout', text: `${i}: ${'<x> '.repeat(300)}\n` }],
    source: `print(${i})`,
  }));
  await writeFile(path, JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }));
  await withShownFile(browser, 'ipynb', path, async ({ frame }) => {
    const numbers = () => frame.locator('.number').allTextContents();
    const more = frame.getByText('Show more cells');
    for (let clicks = 0; (await more.count()) > 0 && clicks < 50; clicks++) {
      const before = (await numbers()).length;
      await more.click();
      await expect.poll(async () => (await numbers()).length).toBeGreaterThan(before);
    }
    expect(await numbers()).toEqual(cells.map((_, i) => `[${i}]`));
  });
});
