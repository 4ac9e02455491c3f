/** Pages of systemd journals in a real browser, in a sandboxed frame. */
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { servePage, sharedBrowser } from './page-server.ts';

let browser: Browser;
let dir = '';
beforeAll(async () => {
  browser = await sharedBrowser();
  dir = await mkdtemp(join(tmpdir(), 'webpipe-journal-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const entry = (i: number, more: object = {}) => {
  const fields = {
    __CURSOR: 'x'.repeat(600),
    __REALTIME_TIMESTAMP: String(1795546200000000 + i * 1e6),
    PRIORITY: i % 10 === 0 ? '3' : '6',
    SYSLOG_IDENTIFIER: 'app',
    MESSAGE: `message ${i} <b>`,
  };
  return `${JSON.stringify({ ...fields, ...more })}\n`;
};
const entries = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => entry(from + i)).join('');

async function withPage(
  name: string,
  text: string,
  open: boolean,
  use: (frame: FrameLocator, path: string) => Promise<void>,
) {
  const path = join(dir, name);
  await writeFile(path, text);
  const server = await servePage('journal', path, { open });
  const page = await browser.newPage({ viewport: { width: 1000, height: 640 } });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  try {
    await page.goto(server.framed);
    await use(page.frameLocator('iframe'), path);
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await server.close();
  }
}

test('a long journal shows its first and last entries, then all of them, filtered by level and by text', async () => {
  await withPage('long', entries(0, 5000), false, async (frame) => {
    const rows = frame.locator('.entry');
    expect(await rows.first().textContent()).toBe('2026-11-24 18:50:00appmessage 0 <b>');
    expect(await rows.last().textContent()).toContain('message 4999');
    expect(await frame.locator('.gap').count()).toBe(1);
    await frame.locator('#show-all').click();
    await expect.poll(() => frame.locator('#info').textContent()).toBe('5,000 entries');
    await frame.locator('#level').selectOption('3');
    await expect.poll(() => frame.locator('.entry:visible').count()).toBe(500);
    await frame.locator('#find').fill('MESSAGE 4990');
    await expect
      .poll(() => frame.locator('.entry:visible').allTextContents())
      .toEqual(['2026-11-24 20:13:10appmessage 4990 <b>']);
  });
});

test('a journal that grows is followed', async () => {
  await withPage('growing', entries(0, 2) + entry(2).slice(0, 50), true, async (frame, path) => {
    expect(await frame.locator('.entry').count()).toBe(2);
    await frame.locator('#level').selectOption('3');
    await appendFile(path, entry(2).slice(50) + entries(3, 12));
    await expect.poll(() => frame.locator('.entry').count()).toBe(12);
    expect(await frame.locator('.entry:visible').allTextContents()).toEqual([
      '2026-11-24 18:50:00appmessage 0 <b>',
      '2026-11-24 18:50:10appmessage 10 <b>',
    ]);
  });
});
