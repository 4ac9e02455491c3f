/** Filtering logs by level in a real browser, in small, large and growing logs. */
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sharedBrowser } from './page-server.ts';
import { withShownFile } from './shown.ts';

let browser: Browser;
let dir = '';
beforeAll(async () => {
  browser = await sharedBrowser();
  dir = await mkdtemp(join(tmpdir(), 'webpipe-log-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const SAMPLE = `2024-01-31 12:00:00 INFO started
2024-01-31 12:00:01 DEBUG details
2024-01-31 12:00:02 ERROR failed
  at line 1
2024-01-31 12:00:03 WARN nearly failed
`;

const visibleLines = (frame: FrameLocator, selector: string) => frame.locator(selector).innerText();

test('a small log needs no script, and a log is detected on standard input', async () => {
  const path = join(dir, 'small');
  await writeFile(path, SAMPLE);
  for (const type of ['log', 'txt'])
    await withShownFile(browser, type, path, async ({ frame, server }) => {
      expect(await visibleLines(frame, 'pre')).toBe(SAMPLE);
      expect(await frame.locator('.note').textContent()).toContain('2024-01-31 12:00:00 to 2024-01-31 12:00:03');
      await frame.getByLabel('Levels').selectOption('Errors');
      expect(await visibleLines(frame, 'pre')).toBe('2024-01-31 12:00:02 ERROR failed\n  at line 1\n');
      await frame.getByLabel('Levels').selectOption('Information and worse');
      expect(await visibleLines(frame, 'pre')).toBe(SAMPLE.replace(/.*DEBUG.*\n/, ''));
      expect(await frame.locator('script[src]').count()).toBe(0);
      expect(server.requestCounts.requests).toBe(0);
    });
});

test('in a large log the filter searches the complete file', async () => {
  const path = join(dir, 'large.log');
  const noise = '2024-01-31 12:00:00 INFO nothing of interest happens here\n'.repeat(20_000);
  await writeFile(path, `${noise}${SAMPLE}${noise}2024-01-31 13:00:00 ERROR <last>\n${noise}`);
  await withShownFile(browser, 'log', path, async ({ frame }) => {
    await frame.getByLabel('Levels').selectOption('Errors');
    await expect.poll(() => frame.locator('#found').textContent()).toBe('3 lines');
    expect(await visibleLines(frame, '#chosen')).toBe(
      '2024-01-31 12:00:02 ERROR failed\n  at line 1\n2024-01-31 13:00:00 ERROR <last>\n',
    );
    expect(await frame.locator('#ends').isVisible()).toBe(false);
    await frame.getByLabel('Levels').selectOption('Information and worse');
    await expect.poll(() => frame.locator('#found').textContent()).toBe('the first 5,000 lines');
    // The search covers the complete file again.
    await frame.locator('#find').fill('<last>');
    await frame.locator('#find').press('Enter');
    await expect.poll(() => frame.locator('mark').textContent()).toBe('<last>');
    expect(await frame.locator('#chosen').count()).toBe(0);
  });
});

test('in a growing log, new lines are filtered too', async () => {
  const path = join(dir, 'growing.log');
  await writeFile(path, SAMPLE);
  await withShownFile(
    browser,
    'log',
    path,
    async ({ frame }) => {
      await frame.getByLabel('Levels').selectOption('Errors');
      await appendFile(path, '2024-01-31 12:00:04 ERROR again\n  at line 2\n2024-01-31 12:00:05 INFO better\n');
      await expect
        .poll(() => visibleLines(frame, '#text'))
        .toBe('2024-01-31 12:00:02 ERROR failed\n  at line 1\n2024-01-31 12:00:04 ERROR again\n  at line 2\n');
      await frame.getByLabel('Levels').selectOption('All lines');
      expect(await visibleLines(frame, '#text')).toContain('INFO better');
    },
    { open: true },
  );
});
