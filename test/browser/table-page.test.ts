/** The page of a table in a real browser: sorting, filtering, and a table too large for its page. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sharedBrowser } from './page-server.ts';
import { type OpenedFile, open } from './shown.ts';

let browser: Browser;
let work: string;
const pages: OpenedFile[] = [];
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'webpipe-table-'));
  browser = await sharedBrowser();
});
afterAll(async () => {
  await Promise.all(pages.map((page) => page.close()));
  await rm(work, { recursive: true, force: true });
});

async function openTable(name: string, text: string | Buffer): Promise<OpenedFile> {
  const path = join(work, name);
  await writeFile(path, text);
  const file = await open(browser, name.split('.').pop() ?? '', path);
  pages.push(file);
  return file;
}

/** The cells of a column, in the rows that are in the document. */
const column = (frame: FrameLocator, n: number): Promise<string[]> =>
  frame.locator(`tbody td:nth-child(${n + 1})`).allTextContents();
const status = (frame: FrameLocator): ReturnType<FrameLocator['locator']> => frame.locator('.count');

describe('a small table', () => {
  test('sorts at once, without another request, and returns to the original order', async () => {
    const { frame, server, problems } = await openTable('small.csv', 'name,n\nb,10\na,9\n"c, d",\nB,-1\n<i>,2\n');
    await expect.poll(() => status(frame).textContent()).toBe('5 rows × 2 columns');
    const n = frame.getByRole('button', { name: 'n', exact: true });
    await n.click();
    await expect.poll(() => column(frame, 2)).toEqual(['-1', '2', '9', '10', '']);
    expect(await frame.locator('th[aria-sort=ascending]').textContent()).toBe('n');
    await n.click();
    await expect.poll(() => column(frame, 2)).toEqual(['10', '9', '2', '-1', '']);
    await n.click();
    await expect.poll(() => column(frame, 1)).toEqual(['b', 'a', 'c, d', 'B', '<i>']);
    await frame.getByRole('button', { name: 'name' }).press('Enter');
    await expect.poll(() => column(frame, 1)).toEqual(['<i>', 'a', 'b', 'B', 'c, d']);
    await frame.getByRole('searchbox').fill('C,');
    await expect.poll(() => column(frame, 1)).toEqual(['c, d']);
    expect(await status(frame).textContent()).toBe('1 of 5 rows');
    expect(server.requestCounts.requests).toBe(0);
    expect(problems).toEqual([]);
  });
});

describe('a large table', () => {
  const rows = 60_000;
  const cities = ['Zürich', 'Oslo', 'Quito'];
  const row = (i: number) => `${i},${cities[i % 3]},${(i * 7919) % 100_003},"row ${i},\nof many"\n`;
  const text = `id,city,value,note\n${Array.from({ length: rows }, (_, i) => row(i)).join('')}`;

  test('shows the first and last rows, loads all rows in a worker, sorts, filters and scrolls', async () => {
    const { page, frame, server, problems } = await openTable('large.csv', text);
    await expect.poll(() => status(frame).textContent()).toMatch(/^about [\d,]+ rows × 4 columns$/);
    expect((await column(frame, 1)).filter((cell) => cell !== '').slice(-1)).toEqual([String(rows - 1)]);
    expect(server.requestCounts.requests).toBe(0);

    await frame.getByRole('button', { name: 'Show all rows' }).click();
    await expect.poll(() => status(frame).textContent()).toBe('60,000 rows × 4 columns');
    expect(server.requestCounts.requests).toBe(1);
    await expect.poll(async () => (await column(frame, 1)).length).toBeLessThan(60);

    await frame.getByRole('button', { name: 'value' }).click();
    const values = Array.from({ length: rows }, (_, i) => (i * 7919) % 100_003).sort((a, b) => a - b);
    await expect.poll(async () => (await column(frame, 3)).slice(0, 15)).toEqual(values.slice(0, 15).map(String));

    await frame.getByRole('searchbox').fill('ROW 5999');
    await expect.poll(() => status(frame).textContent()).toBe('11 of 60,000 rows');
    await frame.getByRole('searchbox').fill('ZÜRICH');
    await expect.poll(() => status(frame).textContent()).toBe('20,000 of 60,000 rows');
    await frame.getByRole('searchbox').fill('');
    await expect.poll(() => status(frame).textContent()).toBe('60,000 rows × 4 columns');

    await frame.getByRole('button', { name: 'value' }).click();
    await frame.getByRole('button', { name: 'value' }).click();
    // Only the first row is the same in both orders.
    await expect.poll(async () => (await column(frame, 1)).slice(0, 3)).toEqual(['0', '1', '2']);
    await frame.getByRole('region', { name: 'Table' }).press('End');
    await expect.poll(async () => (await column(frame, 1)).at(-1)).toBe(String(rows - 1));
    await page.mouse.move(300, 300);
    await page.mouse.wheel(0, -240);
    await expect.poll(async () => (await column(frame, 1)).at(-1)).toBe(String(rows - 11));
    expect(problems).toEqual([]);
  });

  test('a column grows if a later value is wider than those in the preview', async () => {
    const lines = Array.from({ length: 3000 }, (_, i) =>
      i === 1500 ? '123456789012345,the longest of all names\n' : `${i},a\n`,
    );
    const { frame } = await openTable('wider.csv', `n,name\n${lines.join('')}`);
    await frame.getByRole('button', { name: 'n', exact: true }).click();
    await frame.getByRole('button', { name: 'n', exact: true }).click();
    await expect.poll(async () => (await column(frame, 1))[0]).toBe('123456789012345');
    const row = frame.locator('tbody tr').first();
    expect(await row.evaluate((tr) => [...tr.children].map((td) => td.scrollWidth - td.clientWidth))).toEqual([
      0, 0, 0,
    ]);
    expect(await frame.locator('table').evaluate((table) => table.getBoundingClientRect().width)).toBeLessThan(500);
  });

  test('a table in UTF-16 is shown the same way', async () => {
    const { frame } = await openTable('wide.tsv', Buffer.from(`\ufeff${text.replaceAll(',', '\t')}`, 'utf16le'));
    await frame.getByRole('button', { name: 'city' }).click();
    await expect.poll(() => status(frame).textContent()).toBe('60,000 rows × 4 columns');
    await expect.poll(async () => (await column(frame, 2))[0]).toBe('Oslo');
  });

  test('a table of more than 64 MB is read in ranges, and sorting reads only a few of them for the first rows', async () => {
    const many = 360_000;
    const value = (i: number): number => (i * 7919) % many;
    const note = 'so much that a row is long '.repeat(6);
    const lines = Array.from({ length: many }, (_, i) => `${i},name-${value(i)},${value(i) / 8},${note}\n`);
    const { frame, server, problems } = await openTable('huge.csv', `id,name,value,note\n${lines.join('')}`);
    await frame.getByRole('button', { name: 'Show all rows' }).click();
    await expect.poll(() => status(frame).textContent()).toBe('360,000 rows × 4 columns');
    const allBytes = server.requestCounts.bytes;
    const largest = Array.from({ length: many }, (_, i) => i).sort((a, b) => value(b) - value(a));

    await frame.getByRole('button', { name: 'value' }).click();
    await frame.getByRole('button', { name: 'value' }).click();
    await expect.poll(async () => (await column(frame, 1)).slice(0, 10)).toEqual(largest.slice(0, 10).map(String));
    await frame.getByRole('button', { name: 'name' }).click();
    await expect.poll(async () => (await column(frame, 2))[1]).toBe('name-1');
    expect(server.requestCounts.bytes - allBytes).toBeLessThan(allBytes / 2);

    // The last rows in that order are in none of these ranges, so all are read again; another order cancels that.
    const grid = frame.getByRole('region', { name: 'Table' });
    await grid.press('End');
    await frame.getByRole('button', { name: 'value' }).click();
    await expect.poll(async () => (await column(frame, 3))[0]).toBe('0');
    await grid.press('End');
    await expect.poll(async () => (await column(frame, 1)).at(-1)).toBe(String(largest[0]));
    await frame.getByRole('searchbox').fill('NAME-4999');
    await expect.poll(() => status(frame).textContent()).toBe('11 of 360,000 rows');
    await expect.poll(async () => (await column(frame, 3))[0]).toBe(String(4999 / 8));
    expect(problems).toEqual([]);
  });

  test.each([
    ['windows-1252', (text: string) => Buffer.from(text, 'latin1')],
    ['UTF-16', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ])('a large table in %s is read in ranges too', async (name, bytesOf) => {
    const many = 250_000;
    const note = 'Größe und noch mehr Straße für Straße; '.repeat(name === 'UTF-16' ? 4 : 8);
    const value = (i: number): number => (i * 7919) % many;
    const lines = Array.from({ length: many }, (_, i) => `${i},Öl-${value(i)},${value(i)},${note}\n`);
    const { frame, server, problems } = await openTable(`${name}.csv`, bytesOf(`id,Öle,value,note\n${lines.join('')}`));
    await frame.getByRole('button', { name: 'Show all rows' }).click();
    await expect.poll(() => status(frame).textContent()).toBe('250,000 rows × 4 columns');
    const allBytes = server.requestCounts.bytes;
    const first = (descending: boolean): string[] =>
      Array.from({ length: many }, (_, i) => i)
        .sort((a, b) => (descending ? value(b) - value(a) : value(a) - value(b)))
        .slice(0, 10)
        .map((i) => `Öl-${value(i)}`);
    for (const descending of [false, true]) {
      await frame.getByRole('button', { name: 'value' }).click();
      await expect.poll(async () => (await column(frame, 2)).slice(0, 10)).toEqual(first(descending));
    }
    expect(server.requestCounts.bytes - allBytes).toBeLessThan(allBytes / 2);
    await frame.getByRole('searchbox').fill('L-24999');
    await expect.poll(() => status(frame).textContent()).toBe('11 of 250,000 rows');
    expect(problems).toEqual([]);
  });
});

test('a process listing sorts numerically as a table', async () => {
  const processes = Array.from(
    { length: 5000 },
    (_, i) => `root ${i + 1} 0.0 ? S 10:00 ${i % 70}:0${i % 10} /bin/x --n ${i}`,
  );
  const { frame, server, problems } = await openTable(
    'many.ps',
    `USER PID %CPU TTY STAT START TIME COMMAND\n${processes.join('\n')}\n`,
  );
  await frame.getByRole('button', { name: 'TIME (s)' }).click();
  await frame.getByRole('button', { name: 'TIME (s)' }).click();
  await expect.poll(async () => (await column(frame, 7))[0]).toBe(String(69 * 60 + 9));
  expect(await status(frame).textContent()).toBe('5,000 rows × 8 columns');
  expect(server.requestCounts.requests).toBe(0);
  expect(problems).toEqual([]);
});
