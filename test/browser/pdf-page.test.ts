/** PDF pages in a real browser, in a sandboxed frame. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { golden } from '../support/golden.ts';
import { type PageServer, servePage, sharedBrowser } from './page-server.ts';

let browser: Browser;
let dir = '';
beforeAll(async () => {
  browser = await sharedBrowser();
  dir = await mkdtemp(join(tmpdir(), 'webpipe-pdf-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function withPage(
  path: string,
  check: (frame: FrameLocator, server: PageServer, page: Page) => Promise<void>,
): Promise<void> {
  const server = await servePage('pdf', path);
  const page = await browser.newPage({ viewport: { width: 1000, height: 700 } });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  try {
    await page.goto(server.framed);
    await check(page.frameLocator('iframe'), server, page);
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await server.close();
  }
}

/** Makes a PDF file of objects, with their cross-reference table. The first one is the catalogue. */
function pdfOf(objects: readonly string[]): Buffer {
  let text = '%PDF-1.7\n';
  const offsets = objects.map((object, i) => {
    const offset = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  text +=
    `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n` +
    `<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

const stream = (content: string, more = ''): string =>
  `<</Length ${content.length}${more}>>\nstream\n${content}\nendstream`;

/**
 * Makes a PDF file whose pages have one line of text and `padding` unused bytes each. `catalog` and `page` are added to
 * these objects.
 */
function document(texts: readonly string[], { padding = 0, catalog = '', page = '' } = {}): Buffer {
  const objects = [
    `<</Type/Catalog/Pages 2 0 R${catalog}>>`,
    `<</Type/Pages/Count ${texts.length}/Kids[${texts.map((_, i) => `${4 + 3 * i} 0 R`).join(' ')}]>>`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
  ];
  for (const [i, text] of texts.entries()) {
    objects.push(
      `<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Resources<</Font<</F 3 0 R>>>>/Contents ${5 + 3 * i} 0 R${page}>>`,
      stream(`BT /F 24 Tf 40 200 Td (${text}) Tj ET`),
      stream('x'.repeat(padding)),
    );
  }
  return pdfOf(objects);
}

const darkPixels = (frame: FrameLocator, page: number): Promise<number> =>
  frame.locator(`.sheet[data-page="${page}"] canvas`).evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    let dark = 0;
    for (let i = 0; i < data.length; i += 4) if ((data[i] ?? 255) < 100) dark++;
    return dark;
  });

test('a plot made by R is drawn, with selectable text', async () => {
  await withPage(golden('pdf/plot/input.pdf'), async (frame) => {
    await frame.locator('.sheet[data-drawn]').waitFor();
    expect(await frame.locator('#info').textContent()).toBe('1 page · PDF 1.4 · 6.6 KB');
    expect(await darkPixels(frame, 1)).toBeGreaterThan(500);
    await expect.poll(() => frame.locator('.textLayer').textContent()).toContain('Motor Trend cars');
    expect(await frame.locator('.zoom output').textContent()).toBe('100 %');
    await frame.getByRole('button', { name: 'Zoom in' }).click();
    await expect.poll(async () => Math.round((await frame.locator('.sheet').boundingBox())?.width ?? 0)).toBe(840);
  });
});

test('text of fonts with predefined CMaps is drawn; only the scripts of these CMaps are loaded', async () => {
  await withPage(golden('pdf/cjk/input.pdf'), async (frame, _, page) => {
    const text = frame.locator('.textLayer');
    await expect.poll(() => text.textContent()).toContain('한국어 문서');
    expect(await text.textContent()).toMatch(/日本語の文書.*中文文档.*繁體中文/s);
    expect(await frame.locator('#fault').isVisible()).toBe(false);
    const scripts = await page
      .frames()[1]
      ?.evaluate(() =>
        performance.getEntriesByType('resource').flatMap(({ name }) => /pdf-(\w+)\.\w+\.js$/.exec(name)?.[1] ?? []),
      );
    expect(new Set(scripts)).toEqual(new Set(['japan1', 'gb1', 'cns1', 'korea1']));
  });
});

test('an unknown CMap is named on the page', async () => {
  const path = join(dir, 'cmap.pdf');
  const font =
    '<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/UniGB-UTF32-H' +
    '/DescendantFonts[<</Type/Font/Subtype/CIDFontType0/BaseFont/X' +
    '/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 0>>' +
    '/FontDescriptor<</Type/FontDescriptor/FontName/X/Flags 4>>>>]>>';
  await writeFile(
    path,
    document(['x']).toString('latin1').replace('<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>', font),
    'latin1',
  );
  await withPage(path, async (frame) => {
    await expect.poll(() => frame.locator('#fault').textContent()).toContain('needs the CMap UniGB-UTF32-H,');
  });
});

test('of a large file only the visible parts are loaded, and only near pages are drawn', async () => {
  const path = join(dir, 'large.pdf');
  await writeFile(
    path,
    document(
      Array.from({ length: 60 }, (_, i) => `Sheet number ${i + 1}`),
      { padding: 500_000 },
    ),
  );
  await withPage(path, async (frame, server) => {
    await frame.locator('.sheet[data-page="1"][data-drawn]').waitFor();
    // The file has 30 MB; its cross-reference table is at the end.
    expect(server.requestCounts.bytes).toBeLessThan(5_000_000);
    expect(await frame.locator('canvas').count()).toBeLessThan(6);
    await frame.getByLabel('Page', { exact: true }).fill('50');
    await frame.getByLabel('Page', { exact: true }).press('Enter');
    await frame.locator('.sheet[data-page="50"][data-drawn]').waitFor();
    await expect.poll(() => frame.locator('.sheet[data-page="1"] canvas').count()).toBe(0);
    expect(server.requestCounts.bytes).toBeLessThan(12_000_000);
  });
});

test('search covers all pages and moves to each match', async () => {
  const path = join(dir, 'search.pdf');
  await writeFile(path, document(Array.from({ length: 12 }, (_, i) => (i % 5 === 4 ? 'A needle here' : 'Only hay'))));
  await withPage(path, async (frame) => {
    await frame.locator('.sheet[data-page="1"][data-drawn]').waitFor();
    const search = frame.getByLabel('Find in the text');
    await search.fill('NEEDLE');
    await expect.poll(() => frame.locator('.found').textContent()).toBe('1 of 2');
    await expect.poll(() => frame.locator('.hit.current').textContent()).toBe('A needle here');
    expect(await frame.locator('.sheet:has(.current)').getAttribute('data-page')).toBe('5');
    await search.press('Enter');
    await expect.poll(() => frame.locator('.sheet:has(.current)').getAttribute('data-page')).toBe('10');
    await search.fill('nowhere');
    await expect.poll(() => frame.locator('.found').textContent()).toBe('not found');
  });
});

test('scripts do not run, and only internal and web links work', async () => {
  const path = join(dir, 'hostile.pdf');
  const action = `<</S/JavaScript/JS(parent.postMessage\\('ran','*'\\);document.title='ran';app.alert\\(1\\))>>`;
  const link = (target: string): string => `<</Type/Annot/Subtype/Link/Rect[40 40 200 80]${target}>>`;
  const targets = [
    `/A${action}`,
    '/A<</S/URI/URI(javascript:document.title=1)>>',
    '/A<</S/URI/URI(https://example.org/x)>>',
    '/Dest[7 0 R/Fit]',
    '/A<</S/Launch/F(/bin/sh)>>',
  ];
  await writeFile(
    path,
    document(['One', 'Two'], {
      catalog: `/OpenAction ${action}/AA<</WC ${action}>>`,
      page: `/AA<</O ${action}>>/Annots[${targets.map(link).join('')}]`,
    }),
  );
  await withPage(path, async (frame, _, page) => {
    const requestedUrls: string[] = [];
    page.on('request', (request) => requestedUrls.push(request.url()));
    const sheet = frame.locator('.sheet[data-page="1"]');
    await expect.poll(() => sheet.locator('a').count()).toBe(2);
    expect(await sheet.locator('a').evaluateAll((all) => all.map((a) => a.getAttribute('href')))).toEqual([
      'https://example.org/x',
      '#pages',
    ]);
    expect(await frame.locator('title').textContent()).toBe('original');
    expect(requestedUrls.filter((url) => !/^(?:blob:|http:\/\/127\.0\.0\.1:)/.test(url))).toEqual([]);
  });
});

test('a document that claims huge numbers of huge pages is limited', async () => {
  const path = join(dir, 'bomb.pdf');
  const bytes = document(['x']).toString('latin1');
  await writeFile(
    path,
    bytes.replace('/Count 1/', '/Count 999999999/').replace('[0 0 400 300]', '[0 0 9e9 9e9]'),
    'latin1',
  );
  await withPage(path, async (frame) => {
    await expect
      .poll(async () => (await frame.locator('.sheet').count()) + (await frame.getByRole('alert').count()))
      .toBeGreaterThan(0);
    expect(await frame.locator('.sheet').count()).toBeLessThanOrEqual(5000);
    for (const canvas of await frame.locator('canvas').all())
      expect(await canvas.evaluate((c: HTMLCanvasElement) => c.width * c.height)).toBeLessThanOrEqual(16_000_000);
  });
});

test('a truncated file is shown as far as possible, or the page shows the error', async () => {
  await withPage(golden('pdf/cut/input.pdf'), async (frame) => {
    await expect
      .poll(async () => (await frame.locator('[data-drawn]').count()) + (await frame.locator('#fault:visible').count()))
      .toBeGreaterThan(0);
    if (await frame.locator('#fault').isVisible())
      expect(await frame.locator('#fault').textContent()).toMatch(/^It cannot be shown: .+ Download original$/);
  });
});
