/** JSON pages in a real browser, in a sandboxed frame. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sharedBrowser } from './page-server.ts';
import { withShownFile } from './shown.ts';

let browser: Browser;
let dir = '';
beforeAll(async () => {
  browser = await sharedBrowser();
  dir = await mkdtemp(join(tmpdir(), 'webpipe-json-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('a small file is a tree, without a request for the file', async () => {
  const path = join(dir, 'small.json');
  await writeFile(path, '{"a":{"b":[1,{"c":"<b>x</b>"}]},"n":12345678901234567890,"e":[]}');
  await withShownFile(browser, 'json', path, async ({ frame, server }) => {
    const rows = frame.locator('#tree .row');
    await expect.poll(() => rows.count()).toBe(8);
    expect(await rows.nth(6).textContent()).toBe('n: 12345678901234567890');
    expect(await rows.nth(5).textContent()).toBe('c: "<b>x</b>"');
    expect(await frame.locator('#text').isVisible()).toBe(false);
    await frame.locator('#collapse').click();
    expect(await rows.count()).toBe(1);
    await frame.locator('#expand').click();
    await expect.poll(() => rows.count()).toBe(8);
    await rows.nth(5).locator('.key').click();
    expect(await frame.locator('#status').textContent()).toBe('Copied .a.b[1].c');
    expect(server.requestCounts.requests).toBe(0);
    await frame.locator('#flip').click();
    expect(await frame.locator('#text').isVisible()).toBe(true);
  });
});

test('100 MB: the beginning is shown at once and all of it on demand, and the page stays responsive', async () => {
  const path = join(dir, 'large.json');
  const item = (i: number) =>
    `${i ? ',\n' : '['}{"id":${i},"name":"item ${i}","tags":["a","b"],"text":"${'x'.repeat(60)}"}`;
  const itemCount = 900_000;
  await pipeline(
    Readable.from(
      (function* () {
        for (let i = 0; i < itemCount; i += 1000) yield Array.from({ length: 1000 }, (_, k) => item(i + k)).join('');
        yield ']';
      })(),
    ),
    createWriteStream(path),
  );
  await withShownFile(browser, 'json', path, async ({ frame, server }) => {
    await expect.poll(() => frame.locator('#tree .row').count()).toBeGreaterThan(50);
    expect(server.requestCounts.requests).toBe(0);
    // The longest time in which the page was blocked while the file was loaded.
    await frame.locator('body').evaluate(() => {
      let last = performance.now();
      let longest = 0;
      const interval = () => {
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
        document.body.dataset.longest = String(Math.round(longest));
        setTimeout(interval, 5);
      };
      interval();
    });
    const start = performance.now();
    await frame.locator('#open').click();
    await expect.poll(() => frame.locator('#info').textContent()).toContain('array, 900,000 items');
    const loading = performance.now() - start;
    await frame.locator('.more button').click();
    await expect.poll(() => frame.locator('#tree .row').nth(201).textContent()).toContain('100 more of 899,800');
    await frame.locator('#tree .row').nth(150).locator('.toggle').click();
    await expect.poll(() => frame.locator('#tree .row').nth(152).textContent()).toBe('name: "item 149"');
    // A page that parsed the file in its own thread would be blocked for nearly all of that time.
    expect(Number(await frame.locator('body').getAttribute('data-longest'))).toBeLessThan(loading / 2);
  });
});

test('nodes opened in the preview are open after loading the complete file', async () => {
  const path = join(dir, 'opened.json');
  await writeFile(path, `[${Array.from({ length: 90_000 }, (_, i) => `{"id":${i},"tags":["a","b"]}`).join(',\n')}]`);
  await withShownFile(browser, 'json', path, async ({ frame }) => {
    const rows = frame.locator('#tree .row');
    await expect.poll(() => rows.count()).toBeGreaterThan(10);
    await frame.locator('#expand').click();
    await frame.locator('#open').click();
    await expect.poll(() => frame.locator('#info').textContent()).toContain('90,000 items');
    await expect.poll(() => rows.count()).toBeGreaterThan(300);
  });
});

test('100,000 levels of nesting open level by level', async () => {
  const path = join(dir, 'deep.json');
  await writeFile(path, '['.repeat(100_000) + ']'.repeat(100_000));
  await withShownFile(browser, 'json', path, async ({ frame }) => {
    await expect.poll(() => frame.locator('#status').textContent()).toBe('Nested 100000 levels deep.');
    await frame.locator('#expand').click();
    await expect.poll(() => frame.locator('#tree .row').count()).toBe(2000);
  });
});

test('a syntax error far inside is found and shown', async () => {
  const path = join(dir, 'broken.json');
  await writeFile(path, `[\n${'{"a": 1},\n'.repeat(50_000)}{"a": NaN}\n]\n`);
  await withShownFile(browser, 'json', path, async ({ frame }) => {
    await expect
      .poll(() => frame.locator('#fault').textContent())
      .toContain('line 50002, column 7: NaN is not a value');
    await frame.locator('#fault button').click();
    await expect.poll(() => frame.locator('.view').textContent()).toMatch(/\{"a": NaN\}\n\]\n$/);
  });
});

test('a file of JSON lines shows its first and last lines, and all of them on demand', async () => {
  const path = join(dir, 'rows.ndjson');
  await writeFile(
    path,
    Array.from({ length: 100_000 }, (_, i) => `{"row":${i},"text":"${'y'.repeat(20)}"}\n`).join(''),
  );
  await withShownFile(browser, 'ndjson', path, async ({ frame }) => {
    await expect.poll(() => frame.locator('#tree2 .row').last().textContent()).toMatch(/\d+ more of/);
    await frame.locator('#open').click();
    await expect.poll(() => frame.locator('#info').textContent()).toContain('100,000 rows');
    expect(await frame.locator('#tree .row').nth(1).textContent()).toContain('0: {"row":0,');
  });
});
