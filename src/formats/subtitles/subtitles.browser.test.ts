import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sharedBrowser } from '../../../test/browser/page-server.ts';
import { withShownFile } from '../../../test/browser/shown.ts';
import { golden } from '../../../test/support/golden.ts';

let browser: Browser;
let dir = '';
beforeAll(async () => {
  browser = await sharedBrowser();
  dir = await mkdtemp(join(tmpdir(), 'webpipe-subtitles-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

test('cues are filtered, and the bar says how many are left', async () => {
  await withShownFile(browser, 'srt', golden('srt/film/input.srt'), async ({ frame }) => {
    await frame.getByLabel('Filter cues').fill('CHIPS');
    await expect.poll(() => frame.locator('.cue:visible').count()).toBe(1);
    expect(await frame.locator('#info').textContent()).toBe('1 of 3 cues');
  });
});

test('all cues of a long file are loaded when they are asked for', async () => {
  const path = join(dir, 'long.srt');
  const cues = Array.from({ length: 5000 }, (_, i) => `${i + 1}\n00:00:01,000 --> 00:00:02,000\nLine <i>${i}</i>\n\n`);
  await writeFile(path, cues.join(''));
  await withShownFile(browser, 'srt', path, async ({ frame }) => {
    expect(await frame.locator('.cue').count()).toBeLessThan(5000);
    await frame.getByRole('button', { name: 'All cues' }).click();
    await expect.poll(() => frame.locator('.cue').count()).toBe(5000);
    expect(await frame.locator('.cue').last().textContent()).toContain('Line 4999');
    expect(await frame.locator('#info').textContent()).toBe('SubRip · 5,000 cues');
  });
});
