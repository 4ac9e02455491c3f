/** The delete button of the viewer, and how a deletion appears in other viewers. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { readEntries } from '../support/disk.ts';
import { type Server, startServer, until, wp } from '../support/wp.ts';
import { sharedBrowser } from './page-server.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser();
});

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** Calls `probe` until it returns the expected value. */
const eventually = <T>(probe: () => T | Promise<T>) => expect.poll(probe);

/** Starts a server with three entries and opens its viewer. */
async function openViewer(): Promise<{ server: Server; page: Page }> {
  const server = await startServer(['run', 'deleting']);
  cleanups.push(() => server.end());
  const names = [1, 2, 3].map((n) => join(server.dir, `${n}.txt`));
  for (const name of names) writeFileSync(name, `content of ${name}`);
  await wp(['show', ...names], { dir: server.dir });
  await until(
    'all rendered entries',
    () => readEntries(server.dir, 'deleting').filter((e) => e.status === 'ok').length === 3,
  );
  return { server, page: await openPage(server.link) };
}

async function openPage(url: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 700 } });
  cleanups.unshift(() => context.close());
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  cleanups.unshift(async () => expect(errors).toEqual([]));
  await page.goto(url);
  return page;
}

const shown = (page: Page) =>
  page.locator('article:visible').evaluateAll((all) => all.map((one) => one.dataset.n).join());
const press = (page: Page, n: number) => page.locator(`article[data-n="${n}"] [data-action="delete"]`).click();
const toast = (page: Page) => page.locator('#toast').innerText();

test('a deleted entry disappears from all viewers at once, and undo restores it', async () => {
  const { server, page } = await openViewer();
  await eventually(() => shown(page)).toBe('1,2,3');
  const other = await openPage(`http://localhost:${server.httpPort}/`);
  await eventually(() => shown(other)).toBe('1,2,3');
  await press(page, 2);
  await eventually(() => shown(page)).toBe('1,3');
  await eventually(() => shown(other)).toBe('1,3');
  expect(await toast(page)).toMatch(/^Entry 2 deleted\s*Undo$/);
  expect(await page.locator('#count').innerText()).toBe('2 entries');
  await press(page, 3);
  await eventually(() => toast(page)).toMatch(/^2 entries deleted\s*Undo$/);
  await page.getByRole('button', { name: 'Undo' }).click();
  await eventually(() => shown(page)).toBe('1,2,3');
  await eventually(() => shown(other)).toBe('1,2,3');
  expect(readEntries(server.dir, 'deleting').some(({ deleted }) => deleted)).toBe(false);
});

test('without undo the entry is deleted, even if the page is closed', async () => {
  const { server, page } = await openViewer();
  await eventually(() => shown(page)).toBe('1,2,3');
  await press(page, 1);
  await eventually(() => shown(page)).toBe('2,3');
  await page.close();
  await until('the deletion', () => readEntries(server.dir, 'deleting')[0]?.deleted === true);
  const later = await openPage(`http://localhost:${server.httpPort}/s/deleting/#1`);
  await eventually(() => toast(later)).toBe('Entry 1 was deleted.');
  expect(await shown(later)).toBe('2,3');
  // A link to an entry logs the browser in too.
  const { stdout } = await wp(['open', '--print', '3'], { dir: server.dir });
  const linked = await openPage(stdout.trim());
  await eventually(() => linked.locator('article[aria-current="true"]').getAttribute('data-n')).toBe('3');
  expect(new URL(linked.url()).hash).toBe('#3');
});

test('an entry deleted by wp rm disappears while it is open by itself', async () => {
  const { server, page } = await openViewer();
  await eventually(() => shown(page)).toBe('1,2,3');
  await page.goto(`http://localhost:${server.httpPort}/s/deleting/#2/alone`);
  await page.locator('dialog.alone iframe').waitFor();
  await wp(['rm', '2'], { dir: server.dir });
  await eventually(() => page.locator('dialog.alone').isVisible()).toBe(false);
  await eventually(() => shown(page)).toBe('1,3');
});
