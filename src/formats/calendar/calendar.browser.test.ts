import type { Browser } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { sharedBrowser } from '../../../test/browser/page-server.ts';
import { withShownFile } from '../../../test/browser/shown.ts';
import { golden } from '../../../test/support/golden.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser();
});

test('the agenda is filtered', async () => {
  await withShownFile(browser, 'ics', golden('ics/team/input.ics'), async ({ frame }) => {
    await expect.poll(() => frame.locator('.event:visible').count()).toBe(4);
    await frame.getByLabel('Filter events').fill('ROOM 3');
    await expect.poll(() => frame.locator('.event:visible b').allTextContents()).toEqual(['Stand-up, daily']);
    expect(await frame.locator('section:visible').count()).toBe(1);
  });
});

test('the months show each event on its days, and filter too', async () => {
  await withShownFile(browser, 'ics', golden('ics/repeats/input.ics'), async ({ frame }) => {
    await frame.getByRole('button', { name: 'Month', exact: true }).click();
    await frame.locator('#month td').first().waitFor();
    expect(await frame.locator('#agenda').isVisible()).toBe(false);
    // The month that is shown first depends on the date of today.
    const label = frame.locator('#label');
    const target = 2026 * 12 + 2;
    const current = async () => {
      const date = new Date(`1 ${await label.textContent()} UTC`);
      return date.getUTCFullYear() * 12 + date.getUTCMonth();
    };
    for (let at = await current(); at !== target; at = await current())
      await frame.getByLabel(at > target ? 'Previous month' : 'Next month').click();
    const days = frame.locator('td:not(.outside)').filter({ has: frame.locator('.bar-event') });
    expect(await days.locator('.day').allTextContents()).toEqual(['2', '9', '11', '16', '18', '31']);
    await frame.getByLabel('Filter events').fill('moved');
    await expect
      .poll(() => frame.locator('.bar-event').allTextContents())
      .toEqual(['15:00 Over the change of clocks, moved']);
    await frame.getByRole('button', { name: 'Agenda' }).click();
    await expect.poll(() => frame.locator('.event:visible').count()).toBe(1);
  });
});
