/** The page of a file with several tables in a real browser. */
import type { Browser, FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { golden } from '../support/golden.ts';
import { type PageServer, servePage, sharedBrowser } from './page-server.ts';

let browser: Browser;
const servers: PageServer[] = [];
const problems: string[] = [];
beforeAll(async () => {
  browser = await sharedBrowser();
});
afterAll(() => Promise.all(servers.map((server) => server.close())));

async function open(type: string, path: string): Promise<FrameLocator> {
  const server = await servePage(type, golden(path));
  servers.push(server);
  const page = await browser.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico')) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(server.framed);
  return page.frameLocator('iframe');
}

test('each table of a database has a tab, and is read completely on demand', async () => {
  const frame = await open('sqlite', 'sqlite/tables/input.sqlite');
  await frame.getByRole('button', { name: 'numbers' }).click();
  const sheet = frame.locator('.sheet:not([hidden])');
  expect(await sheet.locator('.count').textContent()).toBe('about 3,000 rows × 2 columns');
  await sheet.getByRole('button', { name: 'Show all rows' }).click();
  await expect.poll(() => sheet.locator('.count').textContent()).toBe('3,000 rows × 2 columns');
  await sheet.getByRole('searchbox').fill('27000000000');
  await expect.poll(() => sheet.locator('tbody td:nth-child(2)').allTextContents()).toEqual(['3000']);
  await frame.getByRole('button', { name: 'people <b>' }).click();
  await sheet.getByRole('button', { name: 'age, years' }).click();
  await expect.poll(() => sheet.locator('tbody td:nth-child(2)').allTextContents()).toEqual(['-4', '1', '7', '2']);
  expect(problems).toEqual([]);
});

test('each sheet of a workbook has a tab', async () => {
  const frame = await open('xlsx', 'xlsx/book/input.xlsx');
  const sheet = frame.locator('.sheet:not([hidden])');
  await sheet.getByRole('button', { name: 'when' }).click();
  await sheet.getByRole('button', { name: 'when' }).click();
  await expect
    .poll(async () => (await sheet.locator('tbody td:nth-child(7)').allTextContents())[0])
    .toBe('2024-01-02 10:04:05');
  await frame.getByRole('button', { name: 'Long' }).click();
  await sheet.getByRole('button', { name: 'Show all rows' }).click();
  await expect.poll(() => sheet.locator('.count').textContent()).toBe('1,500 rows × 2 columns');
  expect(problems).toEqual([]);
});

test('an Arrow table sorts by timestamps', async () => {
  const frame = await open('arrow', 'arrow/typed/input.arrow');
  await frame.getByRole('button', { name: 'at', exact: true }).click();
  await frame.getByRole('button', { name: 'at', exact: true }).click();
  await expect
    .poll(async () => (await frame.locator('tbody td:nth-child(8)').allTextContents())[0])
    .toBe('2024-02-29 10:59:58.123456Z');
  expect(problems).toEqual([]);
});

test('lines of JSON can be shown as a table', async () => {
  const frame = await open('ndjson', 'ndjson/log/input.ndjson');
  await frame.getByRole('button', { name: 'Table' }).click();
  expect(await frame.locator('#trees').isVisible()).toBe(false);
  await frame.getByRole('button', { name: 'ms', exact: true }).click();
  await expect
    .poll(() => frame.locator('.sheet tbody td:nth-child(4)').allTextContents())
    .toEqual(['3', '12.5', 'null']);
  await frame.getByRole('searchbox').fill('BROKE');
  await expect.poll(() => frame.locator('.sheet .count').textContent()).toBe('1 of 3 rows');
  await frame.getByRole('button', { name: 'Table' }).click();
  expect(await frame.locator('#trees').isVisible()).toBe(true);
  expect(await frame.locator('.sheet').isVisible()).toBe(false);
  expect(problems).toEqual([]);
});
