/** Pages of source code in a real browser. */
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { golden } from '../support/golden.ts';
import { sharedBrowser } from './page-server.ts';
import { withShownFile } from './shown.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser();
});

const sample = (type: string, name: string) => golden(`${type}/${name}/input.${type}`);

test('source is coloured and numbered, is copied without its numbers, and can be wrapped', async () => {
  const path = sample('py', 'script');
  await withShownFile(browser, 'py', path, async ({ frame, server }) => {
    const code = frame.locator('.code');
    expect(await code.textContent()).toBe(await readFile(path, 'utf8'));
    expect(await frame.locator('body').evaluate(selectedText)).toContain('import sys\nfrom collections');
    const colour = (selector: string) =>
      frame
        .locator(selector)
        .first()
        .evaluate((element) => getComputedStyle(element).color);
    expect(await colour('.h-keyword')).not.toBe(await colour('.code'));
    const width = () => code.evaluate((element) => element.scrollWidth - element.clientWidth);
    await frame.locator('html').evaluate((html) => Object.assign(html.style, { width: '300px' }));
    expect(await width()).toBe(0);
    await frame.getByLabel('Wrap').uncheck();
    expect(await width()).toBeGreaterThan(100);
    expect(server.requestCounts.requests).toBe(0);
  });
});

function selectedText(body: HTMLElement): string {
  const selection = body.ownerDocument.getSelection();
  selection?.selectAllChildren(body);
  return String(selection);
}

test('hostile source stays text', async () => {
  await withShownFile(browser, 'c', sample('c', 'hostile'), async ({ frame }) => {
    expect(await frame.locator('.code').textContent()).toContain('<script>alert(1)</script>');
    expect(await frame.locator('img').count()).toBe(0);
  });
});
