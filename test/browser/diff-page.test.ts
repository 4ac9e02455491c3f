/** Pages of diffs in a real browser. */
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
  dir = await mkdtemp(join(tmpdir(), 'webpipe-diff-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('a diff is unified or side by side, with old lines beside new ones', async () => {
  const path = golden('diff/plain/input.diff');
  await withShownFile(browser, 'diff', path, async ({ frame, server }) => {
    const place = (selector: string, text: string) =>
      frame
        .locator(`.hunk ${selector}`, { hasText: text })
        .last()
        .evaluate((line) => {
          const { left, top } = line.getBoundingClientRect();
          return { left, top, number: getComputedStyle(line, '::after').content };
        });
    const [old, now] = [await place('.o', 'result + value'), await place('.n', 'result += value')];
    expect(now.left).toBe(old.left);
    expect(now.top).toBeGreaterThan(old.top);
    await frame.getByText('Side by side').click();
    const [left, right] = [await place('.o', 'result + value'), await place('.n', 'result += value')];
    expect(right.top).toBe(left.top);
    expect(right.left).toBeGreaterThan(left.left + 300);
    // Unchanged lines are in both columns, at the same height.
    const both = [await place('.c:not(.copy)', 'print(total'), await place('.copy', 'print(total')];
    expect(both[1]?.top).toBe(both[0]?.top);
    expect(both[1]?.left).toBe(right.left);
    await frame.getByText('Unified').click();
    expect(await place('.n', 'result += value')).toEqual(now);
    expect(await frame.locator('.n mark').first().textContent()).toContain('of any kind');
    expect(server.requestCounts.requests).toBe(0);
  });
});

test('hostile names and lines stay text; the list links to each file', async () => {
  const path = golden('diff/git/input.diff');
  await withShownFile(browser, 'diff', path, async ({ frame }) => {
    expect(await frame.locator('img').count()).toBe(0);
    expect(await frame.locator('.file summary').first().textContent()).toContain('<img src=x onerror=alert(1)>.html');
    expect(await frame.locator('.files li').count()).toBe(9);
    await frame.locator('.files a', { hasText: 'notes.txt' }).click();
    const y = () =>
      frame.locator('.file', { hasText: 'notes.txt' }).evaluate((file) => file.getBoundingClientRect().top);
    await expect.poll(y).toBeLessThan(560);
  });
});

test('a patch of 20 MB shows its first files, and more on demand', async () => {
  const path = join(dir, 'large.patch');
  const file = (n: number) =>
    `diff --git a/f${n} b/f${n}\n--- a/f${n}\n+++ b/f${n}\n@@ -1,40 +1,40 @@\n${`-old ä\n+new ä\n`.repeat(40)}`;
  await writeFile(path, Array.from({ length: 25_000 }, (_, n) => file(n)).join(''));
  await withShownFile(browser, 'patch', path, async ({ frame, server }) => {
    const before = await frame.locator('.file').count();
    expect(before).toBeGreaterThan(20);
    expect(server.requestCounts.requests).toBe(0);
    await frame.getByText('Side by side').click();
    await frame.getByText('Show more').click();
    await expect.poll(() => frame.locator('.file').count()).toBeGreaterThan(before + 100);
    expect(server.requestCounts.bytes).toBeLessThan(1_000_000);
    // No file is missing or duplicated.
    const names = await frame.locator('.file b').allTextContents();
    expect(names).toEqual(names.map((_, n) => `f${n}`));
    expect(await frame.locator('.files a').allTextContents()).toEqual(names);
    expect(await frame.locator('.file').last().locator('.plus').textContent()).toBe('+40');
    expect(await frame.getByText('the whole patch').getAttribute('download')).toBe('original');
  });
});

test('files loaded later are highlighted, and the script for that is loaded only then', async () => {
  const path = join(dir, 'python.patch');
  const file = (n: number) =>
    `diff --git a/f${n}.py b/f${n}.py\n--- a/f${n}.py\n+++ b/f${n}.py\n@@ -1,20 +1,20 @@\n` +
    `${'-    return None\n+    return "</script>"\n'.repeat(20)}`;
  await writeFile(path, Array.from({ length: 400 }, (_, n) => file(n)).join(''));
  await withShownFile(browser, 'patch', path, async ({ frame }) => {
    const before = await frame.locator('.file').count();
    const script = frame.locator('script[src*="diff-paint"]');
    expect(await script.count()).toBe(0);
    await frame.getByText('Show more').click();
    await expect.poll(() => frame.locator('.file').count()).toBeGreaterThan(before);
    expect(await script.count()).toBe(1);
    const colours = (n: number) =>
      frame
        .locator('.file')
        .nth(n)
        .locator('.h-keyword, .h-string')
        .evaluateAll((all) => all.map((one) => one.outerHTML));
    expect(await colours(before + 1)).toEqual(await colours(0));
    expect((await colours(0)).length).toBeGreaterThan(40);
  });
});
