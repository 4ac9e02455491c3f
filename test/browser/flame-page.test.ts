/** Flame graphs in a real browser, in a sandboxed frame. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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
  dir = await mkdtemp(join(tmpdir(), 'webpipe-flame-page-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** The colour at a position in the graph, as red, green, blue. */
function colour(frame: FrameLocator, x: number, y: number): Promise<number[]> {
  return frame.locator('#graph canvas').evaluate(
    (canvas, [left = 0, top = 0]) => {
      const context = (canvas as HTMLCanvasElement).getContext('2d');
      return [...(context?.getImageData(left * devicePixelRatio, top * devicePixelRatio, 1, 1).data ?? [])].slice(0, 3);
    },
    [x, y],
  );
}

const spread = (rgb: number[]) => Math.max(...rgb) - Math.min(...rgb);

test('folded stacks are drawn, searched and zoomed, by mouse and by keys', async () => {
  const path = join(dir, 'x.folded');
  await writeFile(path, 'main;read;parse 60\nmain;read 20\nmain;write_[k] 20\n</script><b>x;<img src=x> 0\n');
  await withShownFile(browser, 'folded', path, async ({ frame, server }) => {
    const facts = frame.locator('#status');
    const graph = frame.locator('#graph');
    // Row 2 from the top: `read` takes four fifths, `write` the rest.
    await expect.poll(async () => spread(await colour(frame, 300, 45))).toBeGreaterThan(20);
    expect((await colour(frame, 900, 45))[2]).toBeGreaterThan((await colour(frame, 300, 45))[2] ?? 0);
    await graph.hover({ position: { x: 300, y: 45 } });
    await expect
      .poll(() => frame.locator('.tip').textContent())
      .toBe('read80 samples, 80.0 %; itself 20 samples, 20.0 %');

    await frame.locator('#find').fill('PARSE');
    await expect.poll(() => facts.textContent()).toBe('Found: 60 samples, 60.0 % of all.');
    await expect.poll(async () => spread(await colour(frame, 750, 45))).toBeLessThan(10);
    await frame.locator('#find').fill('');
    expect(await frame.locator('#all').isVisible()).toBe(false);

    await graph.click({ position: { x: 900, y: 45 } });
    await expect.poll(() => facts.textContent()).toMatch(/^write_\[k\]: 20 samples, 20\.0 %/);
    await expect.poll(async () => (await colour(frame, 500, 45))[2]).toBeGreaterThan(200);
    await frame.locator('#all').click();
    await expect.poll(async () => (await colour(frame, 500, 45))[2]).toBeLessThan(200);

    await graph.focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight']) await graph.press(key);
    await expect.poll(() => facts.textContent()).toMatch(/^write_\[k\]/);
    await graph.press('Enter');
    expect(await frame.locator('#all').isVisible()).toBe(true);
    await graph.press('Escape');
    await expect.poll(() => frame.locator('#all').isVisible()).toBe(false);

    await frame.locator('#turn').click();
    await expect.poll(async () => spread(await colour(frame, 990, 10))).toBeLessThan(10);
    await frame.locator('summary').click();
    expect(await frame.locator('#top button').allTextContents()).toEqual(['parse', 'read', 'write_[k]']);
    expect(server.requestCounts.requests).toBe(0);
  });
});

test('a trace has a timeline with separate threads; a profile can be ordered by time', async () => {
  const path = join(dir, 'x.trace.json');
  const event = (tid: number, name: string, ts: number, dur: number) => ({ ph: 'X', pid: 1, tid, name, ts, dur });
  await writeFile(path, JSON.stringify([event(1, 'early', 0, 400), event(2, 'late', 600, 400)]));
  await withShownFile(browser, 'trace.json', path, async ({ frame }) => {
    expect(await frame.locator('#order').inputValue()).toBe('time');
    // Each thread has two rows, and the second one starts later.
    await expect.poll(async () => spread(await colour(frame, 100, 27))).toBeGreaterThan(20);
    expect(await colour(frame, 100, 63)).toEqual([0, 0, 0]);
    expect(spread(await colour(frame, 900, 63))).toBeGreaterThan(20);
    await frame.locator('#order').selectOption('merged');
    await expect.poll(async () => spread(await colour(frame, 700, 45))).toBeGreaterThan(20);
  });
});

test('a profile too large for its page loads the rest on zooming in', async () => {
  const path = join(dir, 'large.folded');
  const line = (i: number) => `main;part${i % 100};${`function${i}_with_a_long_name_`.repeat(4)} ${1 + (i % 7)}\n`;
  await writeFile(path, Array.from({ length: 30_000 }, (_, i) => line(i)).join(''));
  await withShownFile(browser, 'folded', path, async ({ frame, page }) => {
    const requestedFiles: string[] = [];
    page.on('request', (request) => requestedFiles.push(request.url().replace(/.*\//, '')));
    const size = await frame.locator('#facts').evaluate((facts) => facts.textContent?.length ?? 0);
    expect(size).toBeLessThan(200_000);
    expect(requestedFiles).toEqual([]);
    await frame.locator('#find').fill('function12345_');
    await expect.poll(() => frame.locator('#status').textContent()).toMatch(/^Found: 5 samples/);
    expect(requestedFiles).toEqual(['stacks.json']);
  });
});
