/** HTML documents, Markdown and images in a real browser, with the files that they refer to. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { golden } from '../support/golden.ts';
import { type PageServer, servePage, sharedBrowser } from './page-server.ts';

let browser: Browser;
let work: string;
const servers: PageServer[] = [];
beforeAll(async () => {
  browser = await sharedBrowser();
});
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'webpipe-document-'));
  await mkdir(join(work, 'report_files'));
  await cp(golden('png/tiny/input.png'), join(work, 'pic ture.png'));
  await writeFile(
    join(work, 'report_files/style.css'),
    'h1 { color: rgb(1, 2, 3); background: url("../pic%20ture.png") }',
  );
  await writeFile(
    join(work, 'report_files/script.js'),
    'document.title = "ran"; fetch("report_files/data.json").then((r) => r.json()).then((d) => ' +
      '{ document.getElementById("data").textContent = d.text })',
  );
  await writeFile(join(work, 'report_files/data.json'), '{"text":"hello"}');
  return () => rm(work, { recursive: true, force: true });
});
afterAll(() => Promise.all(servers.map((server) => server.close())));

async function open(
  name: string,
  text: string | Buffer,
): Promise<{ page: Page; frame: FrameLocator; problems: string[] }> {
  const path = join(work, name);
  await writeFile(path, text);
  const server = await servePage(name.split('.').pop() ?? '', path, { origin: path });
  servers.push(server);
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico')) problems.push(message.text());
  });
  page.on('dialog', (dialog) => {
    problems.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(server.framed);
  return { page, frame: page.frameLocator('iframe'), problems };
}

const width = (frame: FrameLocator, selector: string): Promise<number> =>
  frame.locator(selector).evaluate((img: HTMLImageElement) => img.naturalWidth);

describe('an HTML document', () => {
  test('loads its style sheet, scripts, data and images, and its anchors scroll', async () => {
    const { page, frame, problems } = await open(
      'report.html',
      '<!doctype html><html><head><title>R</title><link rel="stylesheet" href="report_files/style.css"></head>' +
        '<body><a href="#end">go</a><h1>R</h1><img src="pic%20ture.png"><p id="data"></p><p style="height:5000px">' +
        '</p><p id="end">End</p><script src="report_files/script.js"></script>',
    );
    await expect.poll(() => frame.locator('#data').textContent()).toBe('hello');
    expect(await width(frame, 'img')).toBe(12);
    expect(await frame.locator('h1').evaluate((h1) => getComputedStyle(h1).color)).toBe('rgb(1, 2, 3)');
    expect(await frame.locator('html').evaluate(() => document.compatMode)).toBe('CSS1Compat');
    await frame.getByRole('link', { name: 'go' }).click();
    await expect.poll(() => frame.locator('html').evaluate(() => scrollY)).toBeGreaterThan(1000);
    expect(new URL(page.frames()[1]?.url() ?? '').pathname).toBe('/page.html');
    expect(problems).toEqual([]);
  });

  test('cannot load from other servers, and has no access to its parent and to storage', async () => {
    const { frame } = await open(
      'hostile.html',
      '<p id="out"></p><script>const results = []; const out = () => ' +
        '{ document.getElementById("out").textContent = results.join(" ") };try { parent.document.body; ' +
        'results.push("parent") } catch { results.push("no") } try { localStorage.x; ' +
        'results.push("storage") } catch { results.push("no") } fetch("http://127.0.0.1:1/").catch(() => ' +
        'results.push("no")).finally(out)</script>',
    );
    await expect.poll(() => frame.locator('#out').textContent()).toBe('no no no');
  });

  test('a fragment is shown as a document, in its own encoding', async () => {
    const { frame } = await open('fragment.html', Buffer.from('<b>caf\xe9 \x80 5</b><p>more', 'latin1'));
    expect(await frame.locator('b').textContent()).toBe('café € 5');
    expect(await frame.locator('html').evaluate(() => document.compatMode)).toBe('BackCompat');
  });
});

describe('Markdown', () => {
  test('shows its images and tables, and runs nothing', async () => {
    const { frame, problems } = await open(
      'notes.md',
      '# Title\n\n![one](pic%20ture.png) <img src="pic ture.png" alt="two" onload="alert(1)"> [go](#far)\n\n' +
        '| a |\n|--:|\n| 1 |\n\n<script>alert(2)</script><svg onload="alert(3)"></svg>\n\n' +
        '![no](https://elsewhere.example/x.png)\n\n<p align=center>x</p>\n\n## Far\n',
    );
    await expect.poll(() => width(frame, 'img[alt=one]')).toBe(12);
    expect(await width(frame, 'img[alt=two]')).toBe(12);
    expect(await frame.locator('td').evaluate((td) => getComputedStyle(td).textAlign)).toBe('right');
    expect(await frame.locator('.unavailable').textContent()).toBe('no');
    await frame.getByRole('link', { name: 'go' }).click();
    expect(await frame.locator('h2#far').textContent()).toBe('Far');
    expect(problems).toEqual([]);
  });
});

describe('an image', () => {
  test('has its size, and can be shown at full size', async () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="3000" height="300"><script>' +
      'parent.postMessage("ran", "*")</script><rect width="3000" height="300"/></svg>';
    const { frame, problems } = await open('wide.svg', svg);
    const shown = (): Promise<number> => frame.locator('img').evaluate((img) => img.getBoundingClientRect().width);
    await expect.poll(() => width(frame, 'img')).toBe(3000);
    expect(await shown()).toBeLessThan(1300);
    await frame.getByRole('button', { name: 'Actual size' }).click();
    await expect.poll(shown).toBe(3000);
    await frame.getByRole('button', { name: 'Show all of it' }).press('Enter');
    await expect.poll(shown).toBeLessThan(1300);
    expect(await frame.getByRole('alert').count()).toBe(0);
    expect(problems).toEqual([]);
  });

  test('that is broken shows an error', async () => {
    const { frame } = await open('broken.png', '\x89PNG\r\n\x1a\nnot really');
    await expect.poll(() => frame.getByRole('alert').textContent()).toMatch(/^This picture cannot be shown/);
  });
});
