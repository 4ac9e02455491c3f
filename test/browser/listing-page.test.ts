/** Archives and directories in a real browser, in a sandboxed frame. */
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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
  dir = await mkdtemp(join(tmpdir(), 'webpipe-listing-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('an archive shows its files, collapses folders and filters names', async () => {
  await withShownFile(browser, 'zip', golden('zip/small/input.zip'), async ({ frame }) => {
    await frame.locator('a', { hasText: 'main.c' }).click();
    await expect.poll(() => frame.locator('.inside pre').textContent()).toContain('return 0; // <b>');
    await frame.locator('a', { hasText: 'logo.png' }).click();
    const width = () => frame.locator('.inside img').evaluate((img) => (img as HTMLImageElement).naturalWidth);
    await expect.poll(width).toBeGreaterThan(0);
    await frame.locator('a', { hasText: 'main.c' }).click();
    expect(await frame.locator('.inside').count()).toBe(1);
    const rows = frame.locator('tbody tr:visible');
    await frame.locator('.toggle').first().click();
    expect(await rows.count()).toBe(1);
    await frame.locator('#expand').click();
    expect(await rows.count()).toBe(9);
    await frame.locator('#find').fill('MAIN');
    expect(await rows.locator('td:first-child').allTextContents()).toEqual(['demo/ 6 files', 'src/ 1 file', 'main.c']);
  });
});

test('an archive inside an archive can be opened', async () => {
  await withShownFile(browser, 'tar', golden('tar/nested/input.tar'), async ({ frame }) => {
    await frame.locator('a', { hasText: 'pkg-1.0.tar.gz' }).click();
    await expect.poll(() => frame.locator('.inside pre').textContent()).toContain('pkg/docs/guide.md');
    await frame.locator('a', { hasText: 'app.log.gz' }).click();
    await expect.poll(() => frame.locator('.inside pre').first().textContent()).toContain('ERROR no disk');
  });
});

test('hostile members of an archive are shown as text or images', async () => {
  await withShownFile(browser, 'zip', golden('zip/hostile/input.zip'), async ({ frame }) => {
    expect(await frame.locator('body').textContent()).toContain('2 paths would lead out of the directory');
    for (const name of ['script>.txt', 'a.svg', 'bomb.txt']) await frame.locator('a', { hasText: name }).click();
    await expect.poll(() => frame.locator('.inside').count()).toBe(3);
    await expect.poll(() => frame.locator('.inside pre').first().textContent()).toBe('<script>alert(1)</script>');
    await expect.poll(() => frame.locator('.inside').last().textContent()).toContain('This is the beginning');
  });
});

test('an archive of many members has a small page with the upper folders', async () => {
  const folder = join(dir, 'many');
  await mkdir(folder);
  execFileSync('sh', ['-c', 'for d in a b c; do mkdir $d; for i in $(seq 1 700); do : >$d/$i; done; done'], {
    cwd: folder,
  });
  const path = join(dir, 'many.tar');
  execFileSync('tar', ['-C', dir, '-cf', path, 'many']);
  await withShownFile(browser, 'tar', path, async ({ frame }) => {
    expect(await frame.locator('.bar .note').textContent()).toContain('2,100 files');
    expect(await frame.locator('tbody tr').count()).toBe(1000);
    expect(await frame.locator('tbody tr:visible').count()).toBe(1 + 3);
    expect(await frame.locator('tbody').textContent()).toContain('404 not listed');
  });
});

test('a directory shows its images side by side and links to its files', async () => {
  const folder = join(dir, 'folder');
  await mkdir(join(folder, 'sub'), { recursive: true });
  await copyFile(golden('png/tiny/input.png'), join(folder, 'b #1.png'));
  await copyFile(golden('png/tiny/input.png'), join(folder, 'sub/a.png'));
  await writeFile(join(folder, 'notes.txt'), 'line\n'.repeat(50_000));
  await withShownFile(browser, 'dir', folder, async ({ frame }) => {
    const loaded = () =>
      frame
        .locator('#gallery img')
        .evaluateAll((all) => all.filter((img) => (img as HTMLImageElement).naturalWidth > 0).length);
    await expect.poll(loaded).toBe(2);
    await frame.locator('#gallery a').first().click();
    expect(await frame.locator('figure.wide').count()).toBe(1);
    await frame.locator('.listing a', { hasText: 'notes.txt' }).click();
    await expect
      .poll(() => frame.locator('.inside .note').textContent())
      .toContain('This is the beginning, of 250 KB.');
    const href = await frame.locator('.inside a').first().getAttribute('href');
    expect(href).toMatch(/source\/original\/notes\.txt$/);
  });
});
