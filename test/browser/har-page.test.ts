/** The waterfall of an HTTP archive in a real browser, in a sandboxed frame. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { servePage, sharedBrowser } from './page-server.ts';

let browser: Browser;
let dir = '';
beforeAll(async () => {
  browser = await sharedBrowser();
  dir = await mkdtemp(join(tmpdir(), 'webpipe-har-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('the waterfall shows when each request ran, has a filter and details, and loads the rest of many requests', async () => {
  const path = join(dir, 'x.har');
  const entries = Array.from({ length: 2000 }, (_, i) => ({
    startedDateTime: new Date(Date.UTC(2026, 10, 24) + i * 10).toISOString(),
    request: {
      method: i === 1 ? 'POST' : 'GET',
      url: `https://example.org/part/${i}?${'q'.repeat(80)}=<b>`,
      headers: [
        { name: 'Cookie', value: 'a=hidden' },
        { name: 'X-<i>', value: '<script>alert(1)</script>' },
      ],
    },
    response: { status: i === 1 ? 500 : 200, headers: [], content: { mimeType: 'application/json' }, bodySize: 1000 },
    timings: { wait: 10, receive: 10 },
  }));
  await writeFile(path, JSON.stringify({ log: { creator: {}, entries } }));
  const server = await servePage('har', path);
  const page = await browser.newPage({ viewport: { width: 1000, height: 640 } });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  const requestedFiles: string[] = [];
  page.on('request', (request) => requestedFiles.push(request.url().replace(/.*\//, '')));
  try {
    await page.goto(server.framed);
    const frame = page.frameLocator('iframe');
    const rows = frame.locator('tr.request');
    await expect.poll(() => rows.count()).toBeGreaterThan(300);
    expect(await rows.count()).toBeLessThan(1500);
    expect(requestedFiles).not.toContain('requests.json');
    expect(await frame.locator('#summary').textContent()).toBe('2,000 requests · 2.0 MB · 20.0 s · 1 failed');
    expect(await frame.locator('tr.failed').textContent()).toMatch(
      /^POST 1\?q+=%3Cb%3E example\.org500json1\.0 KB20 ms$/,
    );
    // 200 requests take a tenth of the time.
    expect(
      await rows
        .nth(200)
        .locator('i')
        .first()
        .evaluate((part) => (part as HTMLElement).style.left),
    ).toMatch(/^9\.99/);

    await rows.nth(0).click();
    await expect.poll(() => frame.locator('.details').textContent()).toContain('X-<i><script>alert(1)</script>');
    expect(await frame.locator('.details').textContent()).toContain('Cookie(left out)');
    expect(requestedFiles).toContain('requests.json');
    await rows.nth(0).press('Enter');
    await expect.poll(() => frame.locator('.details').count()).toBe(0);

    await frame.locator('#all').click();
    await expect.poll(() => rows.count()).toBe(2000);
    await frame.locator('#find').fill('part/1999?');
    await expect.poll(() => rows.count()).toBe(1);
    expect(await frame.locator('#summary').textContent()).toBe('1 of 2,000 requests · 1.0 KB');
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await server.close();
  }
});
