/**
 * The golden cases of all formats, and the contract of every renderer. A golden case is a folder
 * `src/formats/<format>/golden/<type>/<case>/`: `input.<anything>`, shown as that type, must render as `expected.html`.
 * Other files in the folder are beside the input when it is rendered. `UPDATE_GOLDEN=1` writes the expected pages.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formats } from '../../src/formats/index.ts';
import type { RenderInput } from '../../src/shared/format.ts';
import { PAGE_SCRIPT_ELEMENT } from '../../src/shared/kit/page/shell.ts';
import { formatOf, renderFile } from '../support/render.ts';

const root = join(import.meta.dirname, '../../src/formats');
const HOSTILE = '"><script>alert(1)</script>';
const PAGE_LIMIT = 256 * 1024;

let work = '';
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'webpipe-golden-'));
});
afterAll(() => rm(work, { recursive: true, force: true }));

/** Renders a file as `type`, checks what holds for every page, and returns the page. */
async function render(type: string, path: string, more: Partial<RenderInput> = {}): Promise<string> {
  const pages = await renderFile(type, path, work, more);
  expect(pages, 'the page is written once').toHaveLength(1);
  const html = pages[0] ?? '';
  expect(html.length, 'the page is small').toBeLessThanOrEqual(PAGE_LIMIT);
  // HTML documents are passed on unchanged.
  if (formatOf(type)?.name === 'html') return html;
  expect(html).toMatch(/^<!doctype html>/i);
  expect(html.trimEnd()).toMatch(/<\/html>$/i);
  expect(html, 'nothing is loaded from elsewhere').not.toMatch(
    /<(?:script|img|link|iframe|video|audio|source|object|embed)\b[^>]*\s(?:src|href|data)=["']?(?:https?:)?\/\//i,
  );
  return html;
}

describe('golden pages', async () => {
  for (const { owner, type, name, folder } of await goldenCases()) {
    test(`${type}: ${name}`, async () => {
      expect(formatOf(type)?.name, 'the case is in the folder of its format').toBe(owner);
      const files = await readdir(folder);
      const input = files.find((file) => file.startsWith('input'));
      if (!input) throw new Error(`${folder} has no input`);
      const beside = files.some((file) => file !== input && file !== 'expected.html');
      const origin = beside ? { origin: join(folder, input) } : {};
      const html = await render(type, join(folder, input), { name: input, ...origin });
      const expected = join(folder, 'expected.html');
      if (process.env.UPDATE_GOLDEN) await writeFile(expected, stable(html));
      expect(stable(html)).toBe(await readFile(expected, 'utf8'));
      const hostile = await render(type, join(folder, input), { name: HOSTILE, title: HOSTILE, ...origin });
      expect(hostile).not.toContain(HOSTILE);
      const content = await readFile(join(folder, input));
      await render(type, await file(content.subarray(0, content.length / 2)), { name: input });
    });
  }
});

/** All golden cases: the folders `src/formats/<owner>/golden/<type>/<name>`. */
async function goldenCases(): Promise<{ owner: string; type: string; name: string; folder: string }[]> {
  const found = [];
  for (const { name: owner } of formats) {
    for (const type of await folders(join(root, owner, 'golden'))) {
      for (const name of await folders(join(root, owner, 'golden', type))) {
        found.push({ owner, type, name, folder: join(root, owner, 'golden', type, name) });
      }
    }
  }
  return found;
}

describe.each(formats.map(({ name, types }) => ({ name, types })))('the format $name', ({ name, types }) => {
  const type = types[0] ?? '';

  test('renders an empty file', async () => {
    await render(type, await file(Buffer.alloc(0)));
  });

  test.each(Object.keys(FOREIGN))('renders %s with a matching file name as a page that is not empty', async (what) => {
    for (const own of types) {
      const html = await render(own, await file(Buffer.from(FOREIGN[what] ?? '', 'latin1')), { name: `a.${own}` });
      if (name !== 'html') expect(textOf(html), own).not.toBe('');
    }
  });

  test('renders arbitrary bytes', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 3000 }),
      fc.string({ unit: 'binary', maxLength: 1000 }).map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => {
        await render(type, await file(content));
      }),
      { numRuns: 40 },
    );
  });
});

/** Contents that often have the file name of another type. */
const FOREIGN: Readonly<Record<string, string>> = {
  'a picture':
    '\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xfa\xcf\0\0',
  'a page of the web':
    '<!doctype html>\n<html><head><title>404</title></head>\n<body><h1>Not Found</h1></body></html>\n',
  'white space': '\n \n',
  'text of 16 bits': '\xff\xfea\0,\0b\0\n\x001\0,\x002\0\n\0',
};

/** The visible content of a page: its text, or `a picture`. */
function textOf(html: string): string {
  const body = html.slice(html.indexOf('<body')).replace(/<(script|style)\b.*?<\/\1>/gs, '');
  return /<(?:img|svg|canvas|video|audio|object)\b/.test(body) ? 'a picture' : body.replace(/<[^>]*>/g, '').trim();
}

async function file(content: Uint8Array): Promise<string> {
  const path = join(work, 'garbage');
  await writeFile(path, content);
  return path;
}

/**
 * The page without parts that differ between machines and runs (time and mode of the input), and without the shared
 * styles and frame script, so that a change of these affects no golden case.
 */
function stable(html: string): string {
  return html
    .replace(PAGE_SCRIPT_ELEMENT, '<script>FRAME</script>')
    .replace(/<style>[^<]*<\/style>/, '<style>STYLE</style>')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, 'TIME')
    .replace(/<dd>(?:[r-][w-][x-]){3}/g, '<dd>MODE');
}

async function folders(path: string): Promise<string[]> {
  return (await readdir(path, { withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}
