/** Pages of audio and video in a real browser, in a sandboxed frame, and with the real server. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { golden } from '../support/golden.ts';
import { startServer, wp } from '../support/wp.ts';
import { type PageServer, servePage, sharedBrowser } from './page-server.ts';

let browser: Browser;
let dir = '';
beforeAll(async () => {
  browser = await sharedBrowser();
  dir = await mkdtemp(join(tmpdir(), 'webpipe-media-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function withPage(
  path: string,
  check: (frame: FrameLocator, server: PageServer, page: Page) => Promise<void>,
): Promise<void> {
  const server = await servePage(path.split('.').pop() ?? '', path);
  const page = await browser.newPage({ viewport: { width: 1000, height: 640 } });
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

/** Seeks, and returns the position of the player afterwards. */
const seek = (frame: FrameLocator, seconds: number): Promise<number> =>
  frame.locator('#media').evaluate(
    (media: HTMLMediaElement, to) =>
      new Promise<number>((done) => {
        media.addEventListener('seeked', () => done(media.currentTime));
        media.currentTime = to;
      }),
    seconds,
  );

/** Silence, as a WAV file of 8-bit samples. */
function wave(seconds: number): Buffer {
  const head = Buffer.from('RIFF....WAVEfmt \x10\0\0\0\x01\0\x01\0....    \x01\0\x08\0data....', 'latin1');
  head.writeUInt32LE(36 + seconds * 44_100, 4);
  head.writeUInt32LE(44_100, 24);
  head.writeUInt32LE(44_100, 28);
  head.writeUInt32LE(seconds * 44_100, 40);
  return Buffer.concat([head, Buffer.alloc(seconds * 44_100, 128)]);
}

test('a video keeps its aspect ratio, without bars, in a frame of any height', async () => {
  await withPage(resolve(import.meta.dirname, '../../examples/pictures/volcano.mp4'), async (frame, _, page) => {
    await page.locator('iframe').evaluate((element: HTMLElement) => {
      element.style.height = '150px';
    });
    await frame.locator('#media').waitFor();
    const box = await frame.locator('#media').evaluate((media) => media.getBoundingClientRect().toJSON());
    expect(box.width / box.height).toBeCloseTo(640 / 400, 1);
  });
});

test('seeking in a long audio file requests only parts of it', async () => {
  const path = join(dir, 'long.wav');
  await writeFile(path, wave(1200));
  await withPage(path, async (frame, server) => {
    await expect
      .poll(() => frame.locator('figcaption').textContent())
      .toBe('20:00 · WAV · PCM · 44.1 kHz · mono · 8 bit · 53 MB');
    await expect
      .poll(() => frame.locator('#media').evaluate((media: HTMLMediaElement) => media.readyState))
      .toBeGreaterThan(0);
    expect(await seek(frame, 1100)).toBe(1100);
    expect(server.requestCounts.requests).toBeGreaterThan(1);
  });
});

test.each(['webm/vp9/input.webm', 'ogg/vorbis/input.ogg'])('%s plays, and its length is shown', async (file) => {
  await withPage(golden(file), async (frame) => {
    await expect.poll(() => frame.locator('#length').textContent()).toMatch(/^0:0[12] · $/);
    expect(await seek(frame, 0.5)).toBeCloseTo(0.5, 1);
    expect(await frame.locator('#fault').isVisible()).toBe(false);
  });
});

test('a file that the browser cannot play shows its type and can be downloaded', async () => {
  await withPage(golden('mov/prores/input.mov'), async (frame) => {
    await expect
      .poll(() => frame.getByRole('alert').textContent())
      .toMatch(/^This browser cannot play the file \(QuickTime, ProRes\): .* Download original$/);
  });
});

test('a file that is still being copied plays when it is complete', async () => {
  const path = join(dir, 'later.webm');
  await copyFile(golden('webm/vp9/input.webm'), path);
  await withPage(path, async (frame, _, page) => {
    await expect.poll(() => frame.locator('#length').textContent()).toContain('0:02');
    let isAvailable = false;
    await page.route('**/source/original', (route) =>
      isAvailable ? route.continue() : route.fulfill({ status: 404 }),
    );
    await page.reload();
    await page.waitForResponse((response) => response.url().endsWith('/original') && response.status() === 404);
    expect(await frame.getByRole('alert').isVisible()).toBe(false);
    isAvailable = true;
    await expect.poll(() => frame.locator('#length').textContent()).toContain('0:02');
  });
});

test('seeking works with the real server too', async () => {
  const server = await startServer(['run', 'media']);
  const path = join(dir, 'minutes.wav');
  await writeFile(path, wave(300));
  await wp(['show', path], { dir: server.dir });
  const page = await browser.newPage({ viewport: { width: 1000, height: 640 } });
  await page.goto(server.link);
  const frame = page.frameLocator('article iframe.visible');
  await expect
    .poll(() => frame.locator('#media').evaluate((media: HTMLMediaElement) => media.readyState))
    .toBeGreaterThan(0);
  expect(await seek(frame, 250)).toBe(250);
  await page.close();
});
