/** Every example at the width of a phone, light and dark: no page scrolls sideways, and its text is readable. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { golden } from '../support/golden.ts';
import { root, type Server, startServer, wp } from '../support/wp.ts';
import { sharedBrowser } from './page-server.ts';

interface Example {
  readonly file: string;
  readonly type?: string;
  readonly stdin?: boolean;
}

const sections = JSON.parse(readFileSync(join(root, 'examples/gallery.json'), 'utf8')) as { examples: Example[] }[];
/** Golden cases whose pages were once cut off or too faint. */
const others = ['json/deep/input.json', 'zip/cut/input.zip', 'md/math/input.md', 'vega.json/bars/input.vega.json'];
const examples: Example[] = [
  ...sections.flatMap((section) => section.examples),
  ...others.map((file) => ({ file: golden(file) })),
];
/** HTML pages by other authors have their own colours. */
const FOREIGN = /\.html$/;

let browser: Browser;
let server: Server;
let page: Page;
beforeAll(async () => {
  [browser, server] = await Promise.all([sharedBrowser(), startServer(['run'])]);
  for (const { file, type, stdin } of examples) {
    const path = resolve(root, 'examples', file);
    const { code, stderr } = await wp(['show', ...(type ? ['--type', type] : []), ...(stdin ? [] : [path])], {
      dir: server.dir,
      env: { WEBPIPE_XRENDER_PORT: String(server.port) },
      ...(stdin && { input: readFileSync(path) }),
    });
    expect(`${file}: ${code} ${stderr}`).toBe(`${file}: 0 `);
  }
  page = await browser.newPage({ viewport: { width: 390, height: 800 } });
  await page.goto(`http://localhost:${server.httpPort}/`);
  await page.locator('article').last().waitFor();
});
afterAll(() => server?.end());

/** Opens an entry by itself and returns its frame when the page has settled. */
async function frameOf(n: number): Promise<Frame> {
  await page.goto(`http://localhost:${server.httpPort}/s/${encodeURIComponent(server.scroll)}/#${n}/alone`);
  const element = await page.locator(`dialog.alone iframe[title^="#${n} "]`).elementHandle();
  const frame = await element?.contentFrame();
  if (!frame) throw new Error(`entry ${n} has no frame`);
  await frame.waitForLoadState();
  await expect
    .poll(() => frame.evaluate(() => /^(?:Drawing|Loading)(?:…|,)/m.test(document.body.innerText)))
    .toBe(false);
  return frame;
}

/** The elements that extend beyond the right edge, if the page scrolls sideways. */
const elementsBeyondEdge = (frame: Frame) =>
  frame.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth)
      .map(({ tagName, id, className }) => `${tagName} #${id} .${className}`)
      .slice(0, 5);
  });

/** The texts whose contrast to their background is less than 4, as defined by WCAG. */
const faintTexts = (frame: Frame) =>
  frame.evaluate(() => {
    const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const found: string[] = [];
    if (!context) return found;
    /** Blends colours, each painted over the previous one. */
    const painted = (colours: readonly string[]): number => {
      for (const colour of colours) {
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
      }
      const [r = 0, g = 0, b = 0] = [...context.getImageData(0, 0, 1, 1).data].map((value) => {
        const part = value / 255;
        return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text && found.length < 5; text = texts.nextNode()) {
      const element = text.parentElement;
      if (!element?.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      // The text layer of a PDF is transparent: it only makes the drawn page selectable.
      if (!text.textContent?.trim() || element.closest('svg, script, style, .katex, #player, .textLayer')) continue;
      const backgrounds: string[] = [];
      let opacity = 1;
      for (let at: Element | null = element; at; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (style.backgroundImage !== 'none') backgrounds.length = 0;
        backgrounds.unshift(style.backgroundColor);
        opacity *= Number(style.opacity);
      }
      // Disabled elements are faint on purpose.
      if (opacity < 1) continue;
      const background = painted(['Canvas', ...backgrounds]);
      const textColour = painted(['Canvas', ...backgrounds, getComputedStyle(element).color]);
      const contrast = (Math.max(background, textColour) + 0.05) / (Math.min(background, textColour) + 0.05);
      if (contrast < 4) found.push(`${contrast.toFixed(1)}: ${text.textContent.trim().slice(0, 40)}`);
    }
    return found;
  });

/** The faint texts in a colour scheme. Pages repaint some time after the scheme has changed, so it looks repeatedly. */
async function faintIn(colorScheme: 'light' | 'dark', frame: Frame): Promise<readonly string[]> {
  await page.emulateMedia({ colorScheme });
  let found: readonly string[] = [];
  await expect
    .poll(async () => {
      const isApplied = await frame.evaluate(
        (scheme) => matchMedia(`(prefers-color-scheme: ${scheme})`).matches,
        colorScheme,
      );
      found = await faintTexts(frame);
      return isApplied && found.length === 0;
    })
    .toBe(true)
    .catch(() => {
      if (found.length === 0) found = ['the colour scheme was not applied'];
    });
  return found;
}

test('every example fits a width of 390 pixels, and its text is readable in light and dark mode', async () => {
  const problems: Record<string, unknown> = {};
  for (const [i, { file }] of examples.entries()) {
    const frame = await frameOf(i + 1);
    const beyondEdge = await elementsBeyondEdge(frame);
    const faint: string[] = [];
    for (const scheme of FOREIGN.test(file) ? [] : (['light', 'dark'] as const)) {
      faint.push(...(await faintIn(scheme, frame)).map((text) => `${scheme}: ${text}`));
    }
    if (beyondEdge.length + faint.length > 0) problems[file] = { beyondEdge, faint };
  }
  expect(problems).toEqual({});
});
