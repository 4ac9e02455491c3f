/** Pages of mails in a real browser. */
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { golden } from '../support/golden.ts';
import { sharedBrowser } from './page-server.ts';
import { withShownFile } from './shown.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser();
});

test('a mail shows HTML, embedded images and attachments; nothing runs or is loaded from other servers', async () => {
  const path = golden('eml/report/input.eml');
  await withShownFile(browser, 'eml', path, async ({ frame, page }) => {
    expect(await frame.locator('h1').textContent()).toBe('Größe der Stichprobe: <b>first</b> results');
    const widths = () =>
      frame.locator('img').evaluateAll((all) => all.map((one) => (one as HTMLImageElement).naturalWidth));
    await expect.poll(widths).toEqual([24, 24]);
    expect(await frame.locator('.html').innerText()).not.toContain('hidden title');
    expect(await frame.locator('main script,main iframe,[onclick],a[href^=javascript]').count()).toBe(0);
    await frame.getByText('Text', { exact: true }).click();
    expect(await frame.locator('.quoted').last().textContent()).toBe('> When do we see <something>?');
    const downloaded = async (label: string) => {
      const [download] = await Promise.all([page.waitForEvent('download'), frame.getByText(label).click()]);
      return [download.suggestedFilename(), await readFile((await download.path()) ?? '', 'utf8')];
    };
    expect(await downloaded('page.html')).toEqual([
      expect.stringMatching(/^[^/]*page\.html$/),
      '<script>alert(4)</script>',
    ]);
    expect(await downloaded('results & more.csv')).toEqual([
      'results & more.csv',
      expect.stringContaining('120,3.5\n'),
    ]);
  });
});
