/** Charts of system statistics in a real browser, in a sandboxed frame, also of a growing file. */
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
  dir = await mkdtemp(join(tmpdir(), 'webpipe-metrics-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** What the summary says of the memory in the output of vmstat. */
const UNIT_NOTE = ' · memory taken for KiB: the output does not tell its unit';
const HEADER = `procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
`;
const report = (i: number) =>
  ` ${i}  0      0 1000000  32820 2932208    0    0   464  1244 3003 14347 ${i} 15  0  1  0\n`;
/** The legend's text about a series of the first chart. */
const legend = (frame: FrameLocator, name: string) =>
  frame.locator('.chart').first().locator('.u-series', { hasText: name }).locator('.u-value').textContent();

test('growing vmstat output is a chart from the first line on', async () => {
  const path = join(dir, 'stdin.txt');
  await writeFile(path, HEADER.slice(0, 82));
  await withShownFile(
    browser,
    'vmstat',
    path,
    async ({ frame, page }) => {
      expect(await frame.locator('#state').textContent()).toBe('Still growing.');
      await appendFile(path, `${HEADER.slice(82)}${report(50)}`);
      await expect.poll(() => frame.locator('#info').textContent()).toBe(`1 report${UNIT_NOTE}`);
      await appendFile(path, report(1) + report(2).slice(0, 30));
      await expect.poll(() => legend(frame, 'us')).toBe('1 %');
      await appendFile(path, report(2).slice(30) + report(3));
      await expect.poll(() => legend(frame, 'us')).toBe('3 %');
      expect(await frame.locator('#info').textContent()).toBe(`3 reports${UNIT_NOTE}`);
      expect(await frame.locator('.chart h2').allTextContents()).toEqual([
        'cpu %',
        'processes ',
        'memory ',
        'blocks blocks/s',
        'system per second',
        'swap ',
      ]);
      expect(await frame.locator('#text').isVisible()).toBe(false);
      await frame.locator('summary').click();
      expect(await frame.locator('#text').textContent()).toBe(HEADER + [50, 1, 2, 3].map(report).join(''));
      await page.locator('iframe').evaluate((element) => {
        (element as HTMLIFrameElement).contentWindow?.postMessage({ webpipe: 'grown', bytes: 0, ended: true }, '*');
      });
      await expect.poll(() => frame.locator('#state').textContent()).toBe('Ended.');
    },
    { open: true },
  );
});

test('one of several disks can be selected; the pointer on one chart is shown on all', async () => {
  const path = join(dir, 'x.iostat');
  const reports = [1, 2, 3].map(
    (i) =>
      `avg-cpu:  %user   %idle\n          ${i}.00   57.37\n\nDevice             tps    kB_read/s\n` +
      `vda             ${i}00.00      20.00\nsda               ${i}.00         0.50\n\n`,
  );
  await writeFile(path, `Linux 6.1.0 (web1) \t11/24/26 \t_x86_64_\t(2 CPU)\n\n${reports.join('\n')}`);
  await withShownFile(browser, 'iostat', path, async ({ frame, page }) => {
    const disk = frame.locator('.chart', { hasText: 'per second' });
    await expect.poll(() => disk.locator('.u-series').nth(1).locator('.u-value').textContent()).toBe('300');
    await frame.getByLabel('Which disk').selectOption('sda');
    await expect.poll(() => disk.locator('.u-series').nth(1).locator('.u-value').textContent()).toBe('3');
    const box = await frame.locator('.u-over').first().boundingBox();
    await page.mouse.move((box?.x ?? 0) + 3, (box?.y ?? 0) + 20);
    await expect.poll(() => disk.locator('.u-series').nth(1).locator('.u-value').textContent()).toBe('2');
  });
});

test('a long file shows its beginning and end, then everything; a single report is shown as text', async () => {
  const path = join(dir, 'long.vmstat');
  await writeFile(path, HEADER + Array.from({ length: 20_000 }, (_, i) => report(i % 90)).join(''));
  await withShownFile(browser, 'vmstat', path, async ({ frame }) => {
    await expect.poll(() => frame.locator('#info').textContent()).toMatch(new RegExp(`^1,\\d{3} reports${UNIT_NOTE}$`));
    await frame.locator('#show-all').click();
    await expect.poll(() => frame.locator('#info').textContent()).toBe(`19,999 reports${UNIT_NOTE}`);
  });
  const one = join(dir, 'one.vmstat');
  await writeFile(one, HEADER + report(1));
  await withShownFile(browser, 'vmstat', one, async ({ frame }) => {
    await expect.poll(() => frame.locator('#text').isVisible()).toBe(true);
    expect(await frame.locator('#charts').isVisible()).toBe(false);
  });
});
