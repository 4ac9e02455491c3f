/** Pages of images in a real browser, in a sandboxed frame and alone. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { golden } from '../support/golden.ts';
import { type PageServer, servePage, sharedBrowser } from './page-server.ts';

let browser: Browser;
let dir = '';
beforeAll(async () => {
  browser = await sharedBrowser();
  dir = await mkdtemp(join(tmpdir(), 'webpipe-image-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** An uncompressed BMP file. `at` returns red, green and blue of a pixel. */
function bitmap(width: number, height: number, at: (x: number, y: number) => [number, number, number]): Buffer {
  const row = Math.ceil((width * 3) / 4) * 4;
  const bytes = Buffer.alloc(54 + row * height);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(-height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) bytes.set(at(x, y).reverse(), 54 + y * row + x * 3);
  return bytes;
}

async function withPage(
  name: string,
  content: string | Buffer,
  where: 'framed' | 'alone',
  check: (page: Page, server: PageServer) => Promise<void>,
  cors = true,
): Promise<void> {
  const path = join(dir, name);
  await writeFile(path, content);
  const server = await servePage(name.split('.').pop() ?? '', path, { cors });
  const page = await browser.newPage({ viewport: { width: 1000, height: 640 } });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  try {
    await page.goto(server[where]);
    await check(page, server);
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await server.close();
  }
}

test('in the scroll, a click enlarges a small image to its pixels, and the pointer shows their colours', async () => {
  await withPage(
    'small.bmp',
    bitmap(16, 8, (x, y) => [x, y, 200]),
    'framed',
    async (page) => {
      const frame = page.frameLocator('iframe');
      const img = frame.locator('img');
      await expect.poll(() => frame.locator('.zoom').count()).toBe(1);
      expect(await frame.locator('figcaption').textContent()).toContain('16 × 8 pixels · BMP · 438 bytes');
      expect((await img.boundingBox())?.width).toBe(16);
      await img.click();
      const box = await img.boundingBox();
      expect(box?.width).toBe(16 * 32);
      expect(await img.evaluate((element) => getComputedStyle(element).imageRendering)).toBe('pixelated');
      await page.mouse.move((box?.x ?? 0) + 5 * 32 + 9, (box?.y ?? 0) + 3 * 32 + 9);
      await expect.poll(() => frame.locator('.point').textContent()).toBe('x 5, y 3#0503c8 (5, 3, 200)');
      await page.mouse.move(5, 5);
      await frame.locator('body').press('0');
      expect((await img.boundingBox())?.width).toBe(16);
    },
  );
});

test('in the scroll, a large image fits the frame, zooms by buttons, keys and Ctrl with the wheel, and can be dragged', async () => {
  await withPage(
    'large.bmp',
    bitmap(2400, 1200, (x, y) => [x & 255, y & 255, 0]),
    'framed',
    async (page) => {
      const frame = page.frameLocator('iframe');
      const img = frame.locator('img');
      const width = async (): Promise<number> => Math.round((await img.boundingBox())?.width ?? 0);
      await expect.poll(() => frame.locator('.zoom').count()).toBe(1);
      expect(await width()).toBeLessThanOrEqual(968);
      await frame.getByRole('button', { name: 'Actual size' }).click();
      expect(await width()).toBe(2400);
      expect(await frame.locator('.zoom output').textContent()).toBe('100 %');
      await frame.locator('body').press('-');
      expect(await width()).toBe(1600);
      const stage = frame.locator('.pic');
      const before = await stage.evaluate((element) => element.scrollLeft);
      await page.mouse.move(500, 200);
      await page.mouse.down();
      await page.mouse.move(400, 200, { steps: 4 });
      await page.mouse.up();
      expect(await stage.evaluate((element) => element.scrollLeft)).toBe(before + 100);
      expect(await width(), 'a drag is no click').toBe(1600);
      // The point under the pointer does not move.
      const pointUnderPointer = async (): Promise<string | null> => frame.locator('.point').textContent();
      await expect.poll(pointUnderPointer).toMatch(/x/);
      const [x] = /\d+/.exec((await pointUnderPointer()) ?? '') ?? [];
      await page.keyboard.down('Control');
      await page.mouse.wheel(0, -200);
      await page.keyboard.up('Control');
      await expect.poll(width).toBeGreaterThan(1600);
      const [later] = /\d+/.exec((await pointUnderPointer()) ?? '') ?? [];
      expect(Math.abs(Number(later) - Number(x))).toBeLessThanOrEqual(2);
      await page.mouse.wheel(0, 100);
      const zoomed = await width();
      await frame.getByRole('button', { name: 'Show all of it' }).click();
      expect(await width()).toBeLessThan(zoomed);
    },
  );
});

test('pinching zooms around the point between two fingers and moves with them', async () => {
  const picture = bitmap(1600, 800, (x, y) => [x & 255, y & 255, 0]);
  await withPage('fingers.bmp', picture, 'framed', async (page) => {
    const frame = page.frameLocator('iframe');
    const img = frame.locator('img');
    await expect.poll(() => frame.locator('.zoom').count()).toBe(1);
    const box = async () => (await img.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const before = await box();
    const devtools = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...xs: number[]) =>
      devtools.send('Input.dispatchTouchEvent', { type, touchPoints: xs.map((x, id) => ({ x, y: 200, id })) });
    await touch('touchStart', 450);
    await touch('touchStart', 450, 550);
    for (const apart of [60, 80, 100]) await touch('touchMove', 500 - apart, 500 + apart);
    await expect.poll(async () => (await box()).width / before.width).toBeCloseTo(2, 1);
    const zoomed = await box();
    const share = (position: typeof before) => (500 - position.x) / position.width;
    expect(share(zoomed)).toBeCloseTo(share(before), 2);
    await touch('touchMove', 430, 630);
    await expect.poll(async () => Math.round((await box()).x - zoomed.x)).toBe(30);
    await touch('touchEnd');
    expect((await box()).width, 'letting go is no click').toBeCloseTo(zoomed.width, 0);
  });
});

test('alone, the whole image fits the window, and the wheel zooms', async () => {
  await withPage(
    'tall.bmp',
    bitmap(600, 3000, () => [9, 9, 9]),
    'alone',
    async (page) => {
      const img = page.locator('img');
      await expect.poll(async () => (await img.boundingBox())?.height ?? 0).toBeLessThan(640);
      const { height = 0 } = (await img.boundingBox()) ?? {};
      expect(height).toBeGreaterThan(500);
      await page.mouse.move(500, 300);
      await page.mouse.wheel(0, -300);
      await expect.poll(async () => (await img.boundingBox())?.height ?? 0).toBeGreaterThan(height * 1.5);
      expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(640);
    },
  );
});

test('an image whose pixels may not be read still shows coordinates', async () => {
  const check = async (page: Page): Promise<void> => {
    const frame = page.frameLocator('iframe');
    await expect.poll(() => frame.locator('.zoom').count()).toBe(1);
    const refused = page.waitForEvent('requestfailed');
    await frame.locator('img').hover({ position: { x: 7, y: 8 } });
    await refused;
    expect(await frame.locator('.point').textContent()).toBe('x 7, y 8');
  };
  await withPage(
    'plain.bmp',
    bitmap(40, 40, () => [1, 2, 3]),
    'framed',
    check,
    false,
  );
});

test('SVG is shown as an image: nothing in it runs, and its colours can be read', async () => {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" onload="parent.postMessage('ran','*')">` +
    `<script>parent.postMessage('ran','*');document.title='ran'</script>` +
    '<rect width="40" height="20" fill="#ff8000"/></svg>';
  await withPage('a.svg', svg, 'framed', async (page) => {
    const frame = page.frameLocator('iframe');
    await expect.poll(() => frame.locator('.zoom').count()).toBe(1);
    await frame.locator('img').click();
    expect(await frame.locator('.pic').getAttribute('class')).not.toContain('pixels');
    await frame.locator('img').hover();
    await expect.poll(() => frame.locator('.point').textContent()).toContain('#ff8000');
    expect(await frame.locator('title').textContent()).toBe('original');
  });
});

test('a file that is not an image shows an error and no controls', async () => {
  await withPage('broken.png', Buffer.from('\x89PNG\r\n\x1a\n not', 'latin1'), 'framed', async (page) => {
    const frame = page.frameLocator('iframe');
    await expect.poll(() => frame.getByRole('alert').isVisible()).toBe(true);
    expect(await frame.locator('.zoom').count()).toBe(0);
  });
});

const tiff = (name: string): Promise<Buffer> => readFile(golden(`tiff/${name}/input.tiff`));

test('TIFF is shown in colour, with the controls of all images', async () => {
  await withPage('colours.tiff', await tiff('colours'), 'framed', async (page) => {
    const frame = page.frameLocator('iframe');
    await expect.poll(() => frame.locator('.zoom').count()).toBe(1);
    expect(await frame.locator('figcaption > span').first().textContent()).toBe(
      '32 × 24 pixels · TIFF · 3 × 8 bit · 416 bytes',
    );
    await frame.locator('img').hover({ position: { x: 8, y: 2 } });
    await expect.poll(() => frame.locator('.point').textContent()).toMatch(/^x 8, y 2#[0-9a-f]{6} /);
  });
});

test('TIFF of more than 8 bits is scaled to the range of a screen, with a note', async () => {
  await withPage('grey.tiff', await tiff('grey16'), 'framed', async (page) => {
    const frame = page.frameLocator('iframe');
    await expect.poll(() => frame.locator('.zoom').count()).toBe(1);
    expect(await frame.locator('figcaption').textContent()).toMatch(/16 bit.*black \d+, white \d+/);
  });
});

test('TIFF of single bits is shown in black and white', async () => {
  await withPage('mono.tiff', await tiff('mono'), 'framed', async (page) => {
    const frame = page.frameLocator('iframe');
    await expect.poll(() => frame.locator('.zoom').count()).toBe(1);
    const values = await frame.locator('img').evaluate((img: HTMLImageElement) => {
      const context = new OffscreenCanvas(img.naturalWidth, img.naturalHeight).getContext('2d');
      context?.drawImage(img, 0, 0);
      const { data } = context?.getImageData(0, 0, img.naturalWidth, img.naturalHeight) ?? { data: [] };
      return [...new Set(data)].sort();
    });
    expect(values).toEqual([0, 255]);
  });
});

test('TIFF with an unknown compression shows an error', async () => {
  await withPage('packbits.tiff', await tiff('packbits'), 'framed', async (page) => {
    const frame = page.frameLocator('iframe');
    await expect.poll(() => frame.getByRole('alert').isVisible()).toBe(true);
    expect(await frame.getByRole('alert').textContent()).toMatch(/PackBits.* Download original$/);
  });
});
