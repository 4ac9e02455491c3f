/** Pages of figures as JSON in a real browser, in a sandboxed frame and under a policy without eval. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { golden } from '../support/golden.ts';
import { type PageServer, servePage, sharedBrowser } from './page-server.ts';

const REPORT_RUN = `parent.postMessage('ran','*');document.title='ran'`;
let browser: Browser;
let dir = '';
beforeAll(async () => {
  browser = await sharedBrowser();
  dir = await mkdtemp(join(tmpdir(), 'webpipe-figure-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/**
 * Shows the file with the path `source`, or the value `source` as a JSON file. Fails if the page requests something that
 * the policy refuses.
 */
async function withPage(
  type: string,
  source: string | object,
  check: (frame: FrameLocator, server: PageServer, page: Page) => Promise<void>,
): Promise<void> {
  const path = typeof source === 'string' ? source : join(dir, `figure.${type}`);
  if (typeof source !== 'string') await writeFile(path, JSON.stringify(source));
  const server = await servePage(type, path);
  const page = await browser.newPage({ viewport: { width: 1000, height: 640 } });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|example\.org/.test(message.text())) problems.push(message.text());
  });
  page.on('request', (request) => {
    if (request.url().includes('example.org')) problems.push(request.url());
  });
  try {
    await page.goto(server.framed);
    await check(page.frameLocator('iframe'), server, page);
    expect(await page.frameLocator('iframe').locator('title').textContent()).toBe('original');
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await server.close();
  }
}

const expectRemark = (frame: FrameLocator) => expect.poll(() => frame.locator('#remark').textContent());

/** The number of pixels of the first canvas that are not transparent. */
const nonEmptyPixels = (frame: FrameLocator): Promise<number> =>
  frame
    .locator('#figure canvas')
    .first()
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
      let count = 0;
      for (let i = 3; i < data.length; i += 4) if ((data[i] ?? 0) > 0) count++;
      return count;
    });

test.each([
  ['json', 'json/altair/input.json', 'Vega-Lite'],
  ['vega.json', 'vega.json/bars/input.vega.json', 'Vega'],
  ['echarts.json', 'echarts.json/traffic/input.echarts.json', 'ECharts'],
])('%s %s is drawn, and its tree can be opened', async (type, file, name) => {
  await withPage(type, golden(file), async (frame) => {
    await expectRemark(frame).toBe(name);
    expect(await nonEmptyPixels(frame)).toBeGreaterThan(1000);
    expect(await frame.locator('#tree .row').first().isVisible()).toBe(false);
    await frame.getByText('JSON', { exact: true }).click();
    expect(await frame.locator('#tree .row').first().isVisible()).toBe(true);
  });
});

test('a Plotly figure, detected from its content, is drawn, and drawn again when the colour scheme changes', async () => {
  await withPage('json', golden('json/plotly/input.json'), async (frame, _, page) => {
    await expectRemark(frame).toBe('Plotly');
    expect(await frame.locator('#figure .bars .point').count()).toBe(3);
    const colour = () => frame.locator('#figure .gtitle').evaluate((title) => getComputedStyle(title).fill);
    const light = await colour();
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(colour).not.toBe(light);
  });
});

test('a figure of Plotly for Python, which has a white template, is dark on a dark page', async () => {
  await withPage('plotly.json', golden('plotly.json/template/input.plotly.json'), async (frame, _, page) => {
    await expectRemark(frame).toBe('Plotly');
    const backgroundColour = () =>
      frame
        .locator('#figure .main-svg')
        .first()
        .evaluate((svg) => getComputedStyle(svg).backgroundColor);
    expect(await backgroundColour()).toBe('rgb(255, 255, 255)');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(backgroundColour).toBe('rgba(0, 0, 0, 0)');
  });
});

test('Vega: text and lines without a colour are visible on a dark page', async () => {
  const encode = {
    enter: { x: { value: 50 }, y: { value: 50 }, x2: { value: 90 }, y2: { value: 50 }, text: { value: 'MMMM' } },
  };
  const spec = {
    width: 100,
    height: 100,
    marks: [
      { type: 'text', encode },
      { type: 'rule', encode },
    ],
  };
  await withPage('vega.json', spec, async (frame, _, page) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectRemark(frame).toBe('Vega');
    const isReadableOnDark = () =>
      frame.locator('#figure canvas').evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
        const opaque = Array.from({ length: data.length / 4 }, (_, i) => i * 4).filter((i) => (data[i + 3] ?? 0) > 200);
        return opaque.length > 0 && opaque.every((i) => (data[i] ?? 0) > 100);
      });
    await expect.poll(isReadableOnDark).toBe(true);
  });
});

test('a large figure is loaded from the file', async () => {
  const x = Array.from({ length: 30_000 }, (_, i) => i);
  await withPage(
    'json',
    { data: [{ type: 'scattergl', mode: 'lines', x, y: x.map(Math.sin) }], layout: {} },
    async (frame) => {
      await expectRemark(frame).toBe('Plotly');
      expect(await frame.locator('#figure .scatterlayer path.js-line').count()).toBe(1);
    },
  );
});

test('figures that cannot be drawn are named, and the tree is open', async () => {
  await withPage('plotly.json', { data: [{ type: 'scatter3d', x: [1], y: [1], z: [1] }] }, async (frame) => {
    await expectRemark(frame).toMatch(/^This cannot be drawn .*: scatter3d$/);
    expect(await frame.locator('#tree .row').first().isVisible()).toBe(true);
  });
});

test.each(['vl.json', 'vega.json', 'plotly.json', 'echarts.json'])('invalid %s shows an error', async (type) => {
  await withPage(type, { data: 3, marks: 'x', series: [{ type: 'map', map: 'nowhere' }] }, async (frame) => {
    await expectRemark(frame).toMatch(/^This cannot be drawn/);
  });
});

test('Vega: expressions have no access to the page, and nothing is loaded', async () => {
  const escapes = [
    `constructor.constructor("${REPORT_RUN}")()`,
    `toString.constructor("${REPORT_RUN}")()`,
    `event.view.eval("${REPORT_RUN}")`,
    `[]['filter']['constructor']("${REPORT_RUN}")()`,
  ];
  await withPage(
    'vega.json',
    {
      width: 100,
      height: 100,
      data: [{ name: 'far', url: 'https://example.org/data.csv' }],
      marks: [
        { type: 'image', encode: { enter: { url: { value: 'https://example.org/x.png' }, width: { value: 50 } } } },
        {
          type: 'rect',
          encode: {
            enter: { width: { value: 90 }, height: { value: 90 }, href: { value: `javascript:${REPORT_RUN}` } },
          },
        },
      ],
    },
    async (frame) => {
      await expectRemark(frame).toContain('not loaded: https://example.org/');
      await frame.locator('#figure canvas').click({ position: { x: 30, y: 30 } });
    },
  );
  for (const update of escapes)
    await withPage(
      'vega.json',
      { width: 50, height: 50, signals: [{ name: 's', init: update, on: [{ events: 'click', update }] }] },
      async (frame) => {
        await expectRemark(frame).not.toBe('Drawing…');
      },
    );
});

test('Plotly and ECharts: no HTML, scripts or external images', async () => {
  const html = `<img src=x onerror="${REPORT_RUN}"><a href="javascript:${REPORT_RUN}">x</a><script>${REPORT_RUN}</script>`;
  await withPage(
    'plotly.json',
    {
      data: [{ type: 'bar', x: [html], y: [1], name: html, text: html, hovertemplate: html }],
      layout: {
        title: { text: html },
        images: [{ source: 'https://example.org/x.png', x: 0, y: 0 }],
        annotations: [{ text: html, x: 0, y: 1 }],
      },
      config: { plotlyServerURL: 'https://example.org', showLink: true },
    },
    async (frame) => {
      await expectRemark(frame).toBe('Plotly · not drawn: an external picture');
      await frame.locator('#figure .bars .point').hover({ force: true });
      expect(await frame.locator('#figure img, #figure script').count()).toBe(0);
      expect(await frame.locator('#figure a[href^="javascript"]').count()).toBe(0);
    },
  );
  await withPage(
    'echarts.json',
    {
      title: { text: html, link: `javascript:${REPORT_RUN}` },
      tooltip: { trigger: 'axis', formatter: html, alwaysShowContent: true },
      xAxis: { data: [html] },
      yAxis: {},
      series: [
        { type: 'bar', data: [1], name: html },
        { type: 'scatter', symbol: 'image://https://example.org/x.png', data: [1] },
      ],
    },
    async (frame) => {
      await expectRemark(frame).toContain('external pictures are not loaded');
      await frame
        .locator('#figure canvas')
        .first()
        .hover({ position: { x: 450, y: 250 } });
      await frame
        .locator('#figure canvas')
        .first()
        .hover({ position: { x: 460, y: 260 } });
      expect(await frame.locator('#figure img, #figure script, #figure a').count()).toBe(0);
    },
  );
});

test.each([
  ['rows', { data: [{ name: 'x', transform: [{ type: 'sequence', start: 0, stop: 1e12 }] }] }],
  ['pairs', { data: [{ name: 'x', transform: [{ type: 'sequence', start: 0, stop: 1e5 }, { type: 'cross' }] }] }],
  ['numbers', { signals: [{ name: 'x', update: 'sequence(1e10)' }] }],
  ['letters', { signals: [{ name: 'x', update: "pad('x', 1e9, 'y')" }] }],
])('a Vega specification with too many %s is refused, and the page stays responsive', async (_what, more) => {
  const spec = { $schema: 'https://vega.github.io/schema/vega/v5.json', width: 50, height: 50, ...more };
  await withPage('vega.json', spec, async (frame) => {
    await expectRemark(frame).toMatch(/would generate [\d,]+ items; the limit is 1,000,000/);
  });
});
