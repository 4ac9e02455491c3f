/** YAML, TOML and XML pages in a real browser, in a sandboxed frame, and the search in trees. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { servePage, sharedBrowser } from './page-server.ts';

let browser: Browser;
let dir = '';
beforeAll(async () => {
  browser = await sharedBrowser();
  dir = await mkdtemp(join(tmpdir(), 'webpipe-structure-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function withPage(type: string, text: string, check: (frame: FrameLocator) => Promise<void>): Promise<void> {
  const path = join(dir, `input.${type}`);
  await writeFile(path, text);
  const server = await servePage(type, path);
  const page = await browser.newPage({ viewport: { width: 1000, height: 640 } });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('dialog', () => problems.push('something ran'));
  try {
    await page.goto(server.framed);
    await check(page.frameLocator('iframe'));
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await server.close();
  }
}

test('several YAML documents are one tree', async () => {
  const text = 'a: &x {b: [1, "<img src=x onerror=alert(1)>"]}\nc: *x\n---\nd: 2\n';
  await withPage('yaml', text, async (frame) => {
    await expect.poll(() => frame.locator('#info').textContent()).toContain('2 documents');
    const rows = frame.locator('#tree .row');
    expect(await rows.allTextContents()).toContain('1: "<img src=x onerror=alert(1)>"');
    await rows.filter({ hasText: 'd: 2' }).last().locator('.key').click();
    expect(await frame.locator('#status').textContent()).toBe('Copied .[1].d');
  });
});

test('broken input is shown with the error marked, above a tree of the valid part', async () => {
  await withPage('toml', 'a = 1\n[t]\nb = 2\nc = oops\n', async (frame) => {
    expect(await frame.locator('#fault').textContent()).toMatch(/^Not TOML at line 4, column 5: /);
    expect(await frame.locator('#text mark').textContent()).toBe('o');
    await frame.locator('#flip').click();
    await expect.poll(() => frame.locator('#tree .row').allTextContents()).toContain('b: 2');
  });
});

test('a match of the search is opened and marked, and its path is shown', async () => {
  const items = Array.from({ length: 3000 }, (_, i) => `<item><id>${i}</id><name>Name ${i}</name></item>`);
  await withPage('xml', `<list>${items.join('')}</list>`, async (frame) => {
    await expect.poll(() => frame.locator('#info').textContent()).toContain('XML, list');
    const find = frame.locator('#find');
    await find.fill('name 1234');
    await find.press('Enter');
    await expect.poll(() => frame.locator('#status').textContent()).toBe('1 of 1: /list/item[1235]/name');
    expect(await frame.locator('.found').textContent()).toBe('name: "Name 1234"');
    expect(await frame.locator('.found mark').textContent()).toBe('Name 1234');
    await find.fill('name 299');
    await find.press('Enter');
    await expect.poll(() => frame.locator('#status').textContent()).toBe('1 of 11: /list/item[300]/name');
    await find.press('Shift+Enter');
    await expect.poll(() => frame.locator('#status').textContent()).toBe('11 of 11: /list/item[3000]/name');
    expect(await frame.locator('mark').count()).toBe(1);
    await find.fill('nowhere');
    await find.press('Enter');
    await expect.poll(() => frame.locator('#status').textContent()).toBe('Not found.');
  });
});

test('a large file is parsed completely in the page, and an error far inside is found', async () => {
  const text = `${Array.from({ length: 20_000 }, (_, i) => `- {id: ${i}}`).join('\n')}\n- [1, 2\n- x\n`;
  await withPage('yaml', text, async (frame) => {
    await expect.poll(() => frame.locator('#fault').textContent()).toMatch(/^Not YAML at line 20002, column 1: /);
    await frame.locator('#fault button').click();
    await expect.poll(() => frame.locator('.view').textContent()).toMatch(/- \[1, 2\n- x\n$/);
  });
});
