/** Pages of text in a real browser, in a sandboxed frame, from a static server. */
import { appendFile, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
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
  dir = await mkdtemp(join(tmpdir(), 'webpipe-text-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const line = (i: number) => `line ${i} of the log, which has some words in it\n`;
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => line(from + i)).join('');

test('a small text needs no script and no request', async () => {
  const path = join(dir, 'small.txt');
  await writeFile(path, 'hello\n');
  await withShownFile(browser, 'txt', path, async ({ frame, server }) => {
    expect(await frame.locator('pre').textContent()).toBe('hello\n');
    expect(server.requestCounts.requests).toBe(0);
    expect(await frame.locator('script[src]').count()).toBe(0);
  });
});

test('a large text shows its beginning and end, and more on demand, counts its lines and can be searched', async () => {
  const path = join(dir, 'large.log');
  await writeFile(path, lines(0, 200_000));
  await withShownFile(browser, 'log', path, async ({ frame, server }) => {
    expect(await frame.locator('#head').textContent()).toMatch(/^line 0 .*\n$/s);
    expect(await frame.locator('#tail').textContent()).toMatch(
      /^line \d+ of.*line 199999 of the log, which has some words in it\n$/s,
    );
    expect(server.requestCounts.requests).toBe(0);
    await frame.locator('#down').click();
    await expect.poll(() => frame.locator('#head').textContent()).toContain('line 2000 of');
    const text = (await frame.locator('#head').textContent()) ?? '';
    expect(text).toBe(lines(0, text.split('\n').length - 1));
    await frame.locator('#up').click();
    await expect.poll(() => frame.locator('#tail').textContent()).toContain('line 198000 of');
    const tail = (await frame.locator('#tail').textContent()) ?? '';
    expect(tail).toBe(lines(200_001 - tail.split('\n').length, 200_000));
    await frame.locator('#count').click();
    await expect.poll(() => frame.locator('#lines').textContent()).toBe(', 200,000 lines');
    await frame.locator('#find').fill('LINE 123456 of');
    await frame.locator('#find').press('Enter');
    await expect.poll(() => frame.locator('mark').textContent()).toBe('line 123456 of');
    // No line is missing or duplicated, however far one scrolls.
    const view = frame.locator('.view');
    for (const end of [1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]) {
      const before = await view.textContent();
      await view.evaluate((element, down) => element.scrollTo(0, down ? element.scrollHeight : 0), end);
      await expect.poll(() => view.textContent()).not.toBe(before);
      const now = (await view.textContent()) ?? '';
      const first = Number(/^line (\d+)/.exec(now)?.[1]);
      expect(now).toBe(lines(first, first + now.split('\n').length - 1));
      expect(now.length).toBeLessThan(500_000);
    }
  });
});

test('search in a large text ignores case', async () => {
  const path = join(dir, 'letters.log');
  await writeFile(path, `${lines(0, 10_000)}the Größe of it\n${lines(0, 10_000)}`);
  await withShownFile(browser, 'log', path, async ({ frame }) => {
    await frame.locator('#find').fill('GRÖẞE OF');
    await frame.locator('#find').press('Enter');
    await expect.poll(() => frame.locator('mark').textContent()).toBe('Größe of');
  });
});

test('the page also works on a server without range requests', async () => {
  const path = join(dir, 'plain.log');
  await writeFile(path, lines(0, 20_000));
  await withShownFile(
    browser,
    'log',
    path,
    async ({ frame }) => {
      await frame.locator('#up').click();
      await expect.poll(() => frame.locator('#tail').textContent()).toContain('line 18000 of');
      const tail = (await frame.locator('#tail').textContent()) ?? '';
      expect(tail).toBe(lines(20_001 - tail.split('\n').length, 20_000));
    },
    { ranges: false },
  );
});

test('a file of 5 GB can be read at any position, and only the visible part is fetched', async () => {
  const path = join(dir, 'huge.txt');
  const size = 5_000_000_000;
  const file = await open(path, 'w');
  await file.truncate(size);
  const middle = lines(500_000, 510_000);
  await file.write('the beginning\n'.repeat(10_000), 0);
  await file.write(middle, size / 2 - middle.length / 2);
  const end = lines(900_000, 901_000);
  await file.write(end, size - end.length);
  await file.close();
  await withShownFile(browser, 'txt', path, async ({ frame, server }) => {
    expect(await frame.locator('#info').textContent()).toContain('5.0 GB');
    expect(await frame.locator('#tail').textContent()).toContain('line 900999 of');
    await frame.locator('#show-all').click();
    await expect.poll(() => frame.locator('.view').textContent()).toContain('the beginning');
    await frame.locator('input[type=range]').fill('500');
    await expect.poll(() => frame.locator('.view').textContent()).toMatch(/line 50\d{4} of/);
    const before = await frame.locator('.view').evaluate((view) => view.textContent?.length ?? 0);
    await frame.locator('.view').evaluate((view) => view.scrollTo(0, view.scrollHeight));
    await expect
      .poll(() => frame.locator('.view').evaluate((view) => view.textContent?.length ?? 0))
      .toBeGreaterThan(before);
    expect(server.requestCounts.bytes).toBeLessThan(3_000_000);
  });
});

test('a growing file is followed, its end stays in view, and old lines are removed', async () => {
  const path = join(dir, 'growing.log');
  await writeFile(path, lines(0, 3));
  await withShownFile(
    browser,
    'log',
    path,
    async ({ frame, page }) => {
      expect(await frame.locator('#text').textContent()).toBe(lines(0, 3));
      await appendFile(path, lines(3, 100));
      await expect.poll(() => frame.locator('#text').textContent()).toBe(lines(0, 100));
      await expect.poll(() => atEnd(frame)).toBe(true);
      await frame.locator('html').evaluate((html) => html.scrollTo(0, 0));
      await appendFile(path, lines(100, 110));
      await expect.poll(() => frame.locator('#text').textContent()).toContain('line 109 of');
      expect(await atEnd(frame)).toBe(false);
      await frame.locator('html').evaluate((html) => html.scrollTo(0, html.scrollHeight));
      await appendFile(path, lines(110, 6000));
      await expect.poll(() => frame.locator('#text').textContent()).toContain('line 5999 of');
      const text = (await frame.locator('#text').textContent()) ?? '';
      expect(text.endsWith(lines(4000, 6000))).toBe(true);
      expect(text.split('\n').length).toBeLessThan(2500);
      await appendFile(path, 'ü'.repeat(5));
      await page.locator('iframe').evaluate((element) => {
        (element as HTMLIFrameElement).contentWindow?.postMessage({ webpipe: 'grown', bytes: 0, ended: true }, '*');
      });
      await expect.poll(() => frame.locator('#state').textContent()).toBe('Ended.');
      expect(await frame.locator('#text').textContent()).toMatch(/ü{5}$/);
    },
    { open: true },
  );
});

function atEnd(frame: FrameLocator): Promise<boolean> {
  return frame.locator('html').evaluate((html) => html.scrollHeight - html.clientHeight - html.scrollTop < 30);
}

test('growing terminal output is overwritten as in a terminal', async () => {
  const path = join(dir, 'growing.ansi');
  await writeFile(path, 'start\n\x1b[31m 10 %');
  await withShownFile(
    browser,
    'ansi',
    path,
    async ({ frame }) => {
      await expect.poll(() => frame.locator('.f1').textContent()).toBe(' 10 %');
      await appendFile(path, '\r\x1b[32m100 %\n\x1b[');
      await expect.poll(() => frame.locator('.f2').textContent()).toBe('100 %');
      await appendFile(path, '0mdone\n');
      await expect.poll(() => frame.locator('#text').textContent()).toBe('start\n100 %\ndone\n');
      await appendFile(path, lines(0, 100));
      await expect.poll(() => frame.locator('#text').textContent()).toBe(`start\n100 %\ndone\n${lines(0, 100)}`);
    },
    { open: true },
  );
});

test('a growing text is coloured from the first escape sequence on', async () => {
  const path = join(dir, 'pipe.txt');
  await writeFile(path, '');
  await withShownFile(
    browser,
    'txt',
    path,
    async ({ frame }) => {
      await appendFile(path, 'plain\n');
      await expect.poll(() => frame.locator('#text').textContent()).toBe('plain\n');
      await appendFile(path, '\x1b[31mred\x1b[0m\n');
      await expect.poll(() => frame.locator('#text').innerHTML()).toContain('<span class="f1">red</span>');
    },
    { open: true },
  );
});

test('a file that is no text is shown as bytes', async () => {
  const path = join(dir, 'bytes.bin');
  await writeFile(
    path,
    Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) & 255),
  );
  await withShownFile(browser, 'bin', path, async ({ frame }) => {
    await frame.locator('#show-all').click();
    await expect.poll(() => frame.locator('.view').textContent()).toMatch(/^00000000 {2}00 01 04 09/);
    await frame.locator('input[type=range]').fill('1000');
    await expect.poll(() => frame.locator('.view').textContent()).toMatch(/00018690 {2}.*\|\n$/s);
  });
});
