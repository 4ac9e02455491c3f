/** Terminal recordings in a real browser. */
import type { Browser } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { golden } from '../support/golden.ts';
import { sharedBrowser } from './page-server.ts';
import { withShownFile } from './shown.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser();
});

const sample = (name: string) => golden(`cast/${name}/input.cast`);

test.each(['v2', 'v3'])('a recording of version %s shows a picture before it is loaded, and plays', async (name) => {
  await withShownFile(browser, 'cast', sample(name), async ({ frame, server }) => {
    const terminal = frame.locator('.ap-term');
    await expect.poll(() => terminal.textContent()).toMatch(/building 100 %.*done <b>ok<\/b>/s);
    expect(server.requestCounts.requests).toBe(0);
    await frame.locator('.ap-overlay-start').click();
    await expect.poll(() => terminal.textContent()).not.toContain('done');
    await expect.poll(() => terminal.textContent()).toMatch(/building 100 %.*done <b>ok<\/b>/s);
    expect(server.requestCounts.requests).toBe(1);
    await frame.getByText('Text', { exact: true }).click();
    expect(await frame.locator('details pre').textContent()).toContain('done <b>ok</b>');
    expect(await frame.locator('#bad').isVisible()).toBe(false);
  });
});

test('a damaged recording reports the damage and plays the rest', async () => {
  await withShownFile(browser, 'cast', sample('broken'), async ({ frame }) => {
    expect(await frame.locator('#bad').textContent()).toBe('Line 4 is not an event, nor are 2 others: left out.');
    await frame.locator('.ap-overlay-start').click();
    await expect.poll(() => frame.locator('.ap-term').textContent()).toContain('done');
  });
});

test('a typescript of script(1) plays with the timing file beside it', async () => {
  const path = golden('typescript/timed/input');
  const use: Parameters<typeof withShownFile>[3] = async ({ frame, server }) => {
    const terminal = frame.locator('.ap-term');
    await expect.poll(() => terminal.textContent()).toMatch(/green café.*seq 3/s);
    expect(server.requestCounts.requests).toBe(0);
    await frame.locator('.ap-overlay-start').click();
    await expect.poll(() => terminal.textContent()).not.toContain('seq');
    await expect.poll(() => terminal.textContent()).toMatch(/green café.*seq 3.*exit/s);
    expect(await frame.locator('#bad').isVisible()).toBe(false);
  };
  await withShownFile(browser, 'typescript', path, use, { origin: path });
});
