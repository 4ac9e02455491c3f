/** The treemap of sizes in a real browser, in a sandboxed frame. */
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
  dir = await mkdtemp(join(tmpdir(), 'webpipe-sizes-page-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('the area of a box is proportional to its size; a click opens a directory, and the path leads back', async () => {
  const path = join(dir, 'x.du');
  const small = Array.from({ length: 8000 }, (_, i) => `4\t./lib/${i}_${'long-name-'.repeat(5)}\n`).join('');
  await writeFile(path, `${small}40000\t./lib\n60000\t./share/<b>x\n20000\t./share/doc\n80000\t./share\n120000\t.\n`);
  const server = await servePage('du', path);
  const page = await browser.newPage({ viewport: { width: 1000, height: 640 } });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  const requestedFiles: string[] = [];
  page.on('request', (request) => requestedFiles.push(request.url().replace(/.*\//, '')));
  let releaseResponse = (): void => {};
  const responseReleased = new Promise<void>((done) => {
    releaseResponse = done;
  });
  await page.route(/sizes\.json$/, async (route) => {
    await responseReleased;
    await route.continue();
  });
  try {
    await page.goto(server.framed);
    const frame = page.frameLocator('iframe');
    const share = frame.locator('#map > div').filter({ hasText: /^share$/ });
    const [all, box] = [await frame.locator('#map').boundingBox(), await share.boundingBox()];
    expect(((box?.width ?? 0) * (box?.height ?? 0)) / ((all?.width ?? 1) * (all?.height ?? 1))).toBeCloseTo(2 / 3, 2);
    expect(await share.getAttribute('title')).toBe('./share\n81.9 MB, 66.7 %');
    expect(requestedFiles).not.toContain('sizes.json');
    await share.click({ position: { x: 5, y: 5 } });
    await expect
      .poll(() => frame.locator('#list tr').allTextContents())
      .toEqual(['61.4 MB75.0 %<b>x', '20.5 MB25.0 %doc']);
    await expect.poll(() => requestedFiles).toContain('sizes.json');
    // The directory that is opened during loading stays open when loading has finished.
    await frame.getByRole('button', { name: '.', exact: true }).click();
    await frame.getByRole('button', { name: 'lib/' }).click();
    expect(await frame.locator('#path').textContent()).toBe('all › . › lib 41.0 MB');
    releaseResponse();
    await expect.poll(() => frame.locator('#path').textContent()).toBe('all › . › lib 41.0 MB');
    await expect.poll(() => frame.locator('#list tr').count()).toBe(41);
    await expect.poll(() => frame.locator('#map > div').count()).toBeGreaterThan(4000);
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await server.close();
  }
});
