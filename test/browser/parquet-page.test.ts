/** The page of a Parquet table in a real browser, which reads only the parts that are shown. */
import type { Browser, FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { golden } from '../support/golden.ts';
import { type PageServer, servePage, sharedBrowser } from './page-server.ts';

let browser: Browser;
let server: PageServer;
let frame: FrameLocator;
const problems: string[] = [];
beforeAll(async () => {
  browser = await sharedBrowser();
  server = await servePage('parquet', golden('parquet/many-groups/input.parquet'));
  const page = await browser.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico')) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(server.framed);
  frame = page.frameLocator('iframe');
});
afterAll(() => server?.close());

const column = (n: number): Promise<string[]> => frame.locator(`.grid tbody td:nth-child(${n + 1})`).allTextContents();
const status = (): Promise<string | null> => frame.locator('.count').textContent();

test('shows its first rows without a request, then all rows, sorted and filtered', async () => {
  expect(await status()).toBe('5,000 rows × 2 columns');
  expect((await column(1)).slice(0, 3)).toEqual(['0', '1', '2']);
  expect(server.requestCounts.requests).toBe(0);
  await frame.getByRole('button', { name: 'Show all rows' }).click();
  await expect.poll(async () => (await column(1)).length).toBeLessThan(60);
  const drawn = await frame.locator('.grid tbody').evaluateHandle((body: HTMLTableSectionElement) => {
    const counts: number[] = [];
    new MutationObserver(() => counts.push(body.rows.length)).observe(body, { childList: true });
    return counts;
  });
  await frame.getByRole('button', { name: 'id', exact: true }).click();
  await frame.getByRole('button', { name: 'id', exact: true }).click();
  await expect.poll(async () => (await column(1)).slice(0, 2)).toEqual(['4999', '4998']);
  // A few of its first rows, then as many as fit.
  const all = (await column(1)).length;
  await expect.poll(async () => (await drawn.jsonValue()).slice(-2)).toEqual([6, all]);
  await frame.getByRole('searchbox').fill('499');
  await expect.poll(status).toBe('15 of 5,000 rows');
  await frame.getByRole('searchbox').fill('');
  await expect.poll(status).toBe('5,000 rows × 2 columns');
  await frame.getByRole('region', { name: 'Table' }).press('End');
  await expect.poll(async () => (await column(1)).at(-1)).toBe('0');
});

test('describes its columns and draws their distributions', async () => {
  await frame.getByRole('button', { name: 'Summary' }).click();
  await expect.poll(() => frame.locator('.summary td:nth-child(2)').textContent()).toContain('0 – 4999');
  await expect.poll(() => frame.locator('.summary td:nth-child(3)').textContent()).toContain('7 different');
  await frame.getByRole('button', { name: 'Chart' }).click();
  await expect.poll(() => frame.locator('figure polyline').getAttribute('points')).toMatch(/^\S+,\S+ /);
  expect(await frame.locator('.axis').textContent()).toBe('49990');
  expect(problems).toEqual([]);
});
