/** Hostile contents and names in the real viewer, and pages of other origins in the same browser. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FeedEntry } from '../../src/shared/feed.ts';
import { launch } from '../support/browser.ts';
import { dial, newId } from '../support/raw.ts';
import { type Viewer, watch } from '../support/viewer.ts';
import { type Server, startServer, until, wp } from '../support/wp.ts';
import { type ForeignServer, filesUrlOf, startForeignServer } from './support.ts';

/** A document that reports when a browser runs it as HTML. */
const REPORT_RUN = `parent.postMessage('ran','*');top.postMessage('ran','*')`;
const TAG = `"'><img src=x onerror="${REPORT_RUN}"><script>${REPORT_RUN}</script>`;

let server: Server;
let viewer: Viewer;
let foreignServer: ForeignServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const requestedUrls: string[] = [];

beforeAll(async () => {
  // A host name that resolves to this machine, as with DNS rebinding.
  const rebound = launch(['--host-resolver-rules=MAP rebound.example 127.0.0.1']);
  [server, foreignServer, browser] = await Promise.all([startServer(['run', 'mine']), startForeignServer(), rebound]);
  viewer = await watch(server);
  context = await browser.newContext({ viewport: { width: 1000, height: 1600 } });
  page = await context.newPage();
  context.on('request', (request) => requestedUrls.push(request.url()));
  await page.addInitScript(() => {
    if (window !== top) return;
    const messages = Object.assign(window, { ran: 0 });
    addEventListener('message', (event) => {
      if (event.data === 'ran') messages.ran += 1;
    });
  });
  await page.goto(server.link);
  await page.locator('[data-state=live]').waitFor();
});
afterAll(async () => {
  await browser?.close();
  foreignServer?.close();
});

const ran = () => page.evaluate(() => (window as unknown as { ran: number }).ran);

async function entryOf(n: number): Promise<FeedEntry> {
  return viewer.entry(`entry ${n}`, (entry) => entry.n === n && (entry.status === 'ok' || entry.status === 'failed'));
}

/** The text that the viewer shows of an entry's page. */
async function textOf(n: number): Promise<string> {
  const element = await page.waitForSelector(`article[data-n="${n}"] iframe.visible`);
  const frame = await element.contentFrame();
  return frame ? frame.evaluate(() => document.body.innerText) : '';
}

describe('contents', () => {
  const SVG =
    `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" onload="${REPORT_RUN}"><script>` +
    `${REPORT_RUN}</script><foreignObject><img xmlns="http://www.w3.org/1999/xhtml" src="x" onerror="${REPORT_RUN}"/>` +
    '</foreignObject></svg>';
  const MARKDOWN = [
    `# ${TAG}`,
    TAG,
    `[click](javascript:${REPORT_RUN}) [click](data:text/html,<script>${REPORT_RUN}</script>) [click](vbscript:x)`,
    `<a id="link" href="javascript:${REPORT_RUN}">click</a> <a href="jav&#x09;ascript:${REPORT_RUN}">click</a>`,
    `<details open ontoggle="${REPORT_RUN}">x</details><iframe srcdoc="<script>${REPORT_RUN}</script>"></iframe>`,
    `<svg onload="${REPORT_RUN}"></svg><math><mtext><img src=x onerror="${REPORT_RUN}"></mtext></math><style>@import "x"</style>`,
    `![x](x" onerror="${REPORT_RUN})`,
    `\`\`\`"><script>${REPORT_RUN}</script>\n${TAG}\n\`\`\``,
    `<form action="javascript:${REPORT_RUN}"><button id="link">x</button></form>`,
  ].join('\n\n');
  const shown = (data: Record<string, string>) => ({ output_type: 'display_data', data, metadata: {} });
  const NOTEBOOK = JSON.stringify({
    cells: [
      { cell_type: 'markdown', metadata: {}, source: MARKDOWN, attachments: { [TAG]: { 'image/png': TAG } } },
      {
        cell_type: 'code',
        execution_count: 1,
        metadata: {},
        source: TAG,
        outputs: [
          { output_type: 'stream', name: 'stdout', text: TAG },
          { output_type: 'error', ename: TAG, evalue: TAG, traceback: [TAG] },
          shown({ 'text/html': MARKDOWN, 'text/plain': TAG }),
          shown({ 'image/svg+xml': SVG, 'text/plain': TAG }),
          shown({ 'text/markdown': MARKDOWN }),
          shown({ 'application/javascript': REPORT_RUN, [`application/vnd.${TAG}`]: TAG }),
        ],
      },
      { cell_type: TAG },
    ],
    metadata: { language_info: { name: TAG } },
    nbformat: 4,
  });
  const files: Readonly<Record<string, string>> = {
    'a.svg': SVG,
    'a.md': MARKDOWN,
    'a.csv': `${TAG},b\n"${TAG.replaceAll('"', '""')}",2\n=HYPERLINK("x"),3\n`,
    'a.tsv': `${TAG}\tb\n${TAG}\t2\n`,
    'a.json': JSON.stringify({ [TAG]: TAG, '</script>': ['</script><script>', TAG], __proto__: 1 }),
    'a.ndjson': `${JSON.stringify({ a: TAG })}\n${JSON.stringify(TAG)}\n`,
    'a.txt': `${TAG}\n</pre></script>${TAG}`,
    'a.log': TAG,
    'a.ansi': `\u001b[31m${TAG}\u001b[0m\u001b]8;;javascript:${REPORT_RUN}\u0007link\u001b]8;;\u0007\u001b]0;${TAG}\u0007`,
    'a.unknown': `\u0000\u0001${TAG}`,
    'a.png': TAG,
    'a.py': `"""${TAG}\n${TAG}"""\n# ${TAG}\n`,
    'a.diff': `diff --git a/${TAG} b/${TAG}\n--- a/${TAG}\n+++ b/${TAG}\n@@ -1 +1 @@ ${TAG}\n-${TAG}\n+x ${TAG}\n${TAG}\n`,
    'a.ipynb': NOTEBOOK,
    'a.cast': `${JSON.stringify({ version: 2, width: 80, height: 24, title: TAG, command: TAG })}\n${JSON.stringify([1, 'o', TAG])}\n`,
    'a.eml':
      `From: ${TAG} <a@b>\nSubject: ${TAG}\nContent-Type: multipart/mixed; boundary=x\n\n--x\n` +
      `Content-Type: text/html\n\n${MARKDOWN}\n--x\n` +
      `Content-Disposition: attachment; filename="${TAG.replaceAll('"', '')}"\n\n${TAG}\n--x--\n`,
    [`${TAG.replaceAll('/', '_')}.txt`]: 'x',
  };

  test('an HTML page runs in its frame, which shows that this test detects scripts', async () => {
    const path = join(server.dir, 'runs.html');
    writeFileSync(path, `<!doctype html><script>${REPORT_RUN}</script>`);
    await wp(['show', path], { dir: server.dir });
    await until('the script', async () => (await ran()) > 0);
    await page.evaluate(() => Object.assign(window, { ran: 0 }));
  });

  test('all other files are shown as text or images', async () => {
    const folder = join(server.dir, 'hostile');
    mkdirSync(folder);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const paths = [...Object.keys(files).map((name) => join(folder, name)), folder];
    const { stdout, stderr } = await wp(['show', ...paths], { dir: server.dir });
    expect(stderr).toBe('');
    const numbers = [...stdout.matchAll(/#(\d+)$/gm)].map((match) => Number(match[1]));
    expect(numbers).toHaveLength(paths.length);
    for (const [at, n] of numbers.entries()) {
      const entry = await entryOf(n);
      await page.goto(`http://localhost:${server.httpPort}/s/mine/#${n}`);
      const text = await textOf(n);
      const type = Object.keys(files)[at]?.slice(0, 20);
      if (/^a\.(csv|tsv|txt|log|json|ndjson|py|diff|ipynb|eml)/.test(type ?? ''))
        expect(text, type).toContain('<img src=x');
      const frame = await (await page.waitForSelector(`article[data-n="${n}"] iframe.visible`)).contentFrame();
      for (const link of (await frame?.locator('#link').all()) ?? [])
        await link.click({ timeout: 1000 }).catch(() => {});
      const hrefs = await frame
        ?.locator('a[href]')
        .evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''));
      for (const href of hrefs ?? []) expect(href).not.toMatch(/^\s*(javascript|data|vbscript):/i);
      expect(await ran(), `${type} ran; ${entry.status}`).toBe(0);
    }
  });
});

describe('names', () => {
  const NAMES = [
    '"><img src=x onerror=top.postMessage("ran","*")>',
    `</script></title></textarea>${TAG}`,
    '../../../../../../etc/passwd',
    '..',
    '/etc/passwd',
    '..\\..\\etc\\passwd',
    '%2e%2e%2fpasswd',
    '%00',
    'a\u0000b',
    'two\nlines\r\nand more',
    'gnp.\u202etxt.exe\u202c \u2066',
    '-rf',
    '.hidden',
    'COM1',
    '\ud800 half a character',
    '👩‍👩‍👧 e\u0301',
    'x'.repeat(4096),
    `${'é'.repeat(2000)}.txt`,
    '$(touch /tmp/owned) `id` ;|&',
    '__proto__',
    ' ',
  ];

  test('are shown as text everywhere, and files stay inside the entry', async () => {
    const outside = readdirSync(join(server.dir, 's'));
    const raw = await dial(server.socket);
    const ids = NAMES.map((name) => {
      const id = newId();
      raw.send({ kind: 'file', id, name, title: name, type: name.slice(0, 64), host: name, length: 5 }, 'hello');
      return id;
    });
    const answers = await raw.waitForAnswers(NAMES.length);
    expect(answers.map(({ kind }) => kind)).toEqual(NAMES.map(() => 'ack'));
    for (const [at, id] of ids.entries()) {
      const name = NAMES[at] ?? '';
      const { n } = answers.find((answer) => answer.id === id) ?? {};
      await entryOf(n ?? 0);
      await page.goto(`http://localhost:${server.httpPort}/s/mine/#${n}`);
      const article = page.locator(`article[data-n="${n}"]`);
      await article.locator('iframe.visible').waitFor();
      const textOnPage = await article.evaluate((element) => ({
        name: element.querySelector('.name')?.textContent,
        type: element.querySelector('.type')?.textContent,
        host: element.querySelector('.host')?.textContent,
        images: element.querySelectorAll('img, script, object, style').length,
        wide: document.documentElement.scrollWidth > innerWidth,
      }));
      const text = JSON.parse(JSON.stringify(name)) as string;
      const wellFormed = (value: string) => value.replace(/[\ud800-\udfff](?![\udc00-\udfff])/g, '\ufffd');
      expect(wellFormed(textOnPage.name ?? '')).toBe(wellFormed(text));
      expect(wellFormed(textOnPage.host ?? '')).toBe(wellFormed(text));
      expect(textOnPage).toMatchObject({ images: 0, wide: false });
      expect(await ran(), name.slice(0, 40)).toBe(0);
      const sources = readdirSync(join(server.dir, 's/mine', id, 'source'));
      expect(sources).toHaveLength(1);
      expect(sources[0]).toMatch(/^[^./][^/\\\0\n]*$/);
    }
    expect(readdirSync(join(server.dir, 's'))).toEqual(outside);
    const strays = readdirSync(join(server.dir, 's/mine')).filter((item) => !/^[0-9a-f]{32}(\.html)?$/.test(item));
    expect(strays.sort()).toEqual(['.lock', 'assets', 'index.html', 'scroll.ndjson']);
  });
});

describe('other origins in the same browser', () => {
  /** The responses that a page of another origin gets from this server. */
  async function attack(url: string): Promise<Record<string, string>> {
    const [entry] = viewer.entries();
    const cap = entry ? `${filesUrlOf(server, entry)}/${entry.id}.html` : '';
    const evil = await context.newPage();
    await evil.goto(url);
    const responses = await evil.evaluate(
      async ([base, file]) => {
        const results: Record<string, string> = {};
        const record = async (name: string, work: Promise<unknown>) => {
          const timeout = new Promise((_, no) => setTimeout(() => no(new Error('timeout')), 1500));
          results[name] = String(await Promise.race([work, timeout]).catch(() => 'no'));
        };
        const text = (path: string, init?: RequestInit) => fetch(base + path, init).then((answer) => answer.text());
        const login = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };
        await Promise.all([
          record('home', text('/')),
          record('scrolls', text('/api/scrolls')),
          record('scrolls with cookies', text('/api/scrolls', { credentials: 'include' })),
          record('login', text('/api/login', login)),
          record('login, simple', text('/api/login', { method: 'POST', body: '{}' })),
          record(
            'feed',
            new Promise((yes, no) => {
              const socket = new WebSocket(`${base.replace('http', 'ws')}/api/feed`);
              socket.onopen = () => yes('open');
              socket.onerror = no;
            }),
          ),
          record(
            'script',
            new Promise((yes, no) => {
              const script = document.createElement('script');
              script.onload = () => yes('loaded');
              script.onerror = no;
              script.src = `${base}/assets/viewer.js`;
              document.head.append(script);
            }),
          ),
          ...['/', file].map((path) =>
            record(
              `frame of ${path === '/' ? 'the viewer' : 'an entry'}`,
              new Promise((yes) => {
                const frame = document.createElement('iframe');
                frame.onload = () => setTimeout(() => yes('no'), 300);
                addEventListener('message', () => yes('a message'));
                frame.src = base + path;
                document.body.append(frame);
              }),
            ),
          ),
          record(
            'files',
            new Promise((_, no) => {
              // The port for files, which accepts connections of this user.
              fetch(base.replace(/\d+$/, String(Number(file.split('#')[1] ?? 0))), {
                method: 'POST',
                mode: 'no-cors',
                body: '/etc/passwd\n',
              }).then(no, no);
            }),
          ),
        ]);
        return results;
      },
      [`http://localhost:${server.httpPort}`, `${cap}#${server.port}`] as const,
    );
    await evil.close();
    return responses;
  }

  test('get no data, not even a page of another port of this machine', async () => {
    foreignServer.page = '<!doctype html><body>';
    const before = viewer.entries().length;
    for (const url of [
      `http://127.0.0.1:${foreignServer.port}/`,
      `http://localhost:${foreignServer.port}/`,
      `http://rebound.example:${foreignServer.port}/`,
    ]) {
      const responses = await attack(url);
      expect(new Set(Object.values(responses)), `${url} ${JSON.stringify(responses)}`).toEqual(new Set(['no']));
    }
    expect(viewer.entries().length).toBe(before);
  });

  test('a host name that resolves to this machine is refused', async () => {
    const evil = await context.newPage();
    const answer = await evil.goto(`http://rebound.example:${server.httpPort}/s/mine/`);
    expect(answer?.status()).toBe(421);
    expect(await evil.content()).not.toContain('viewer.js');
    await evil.close();
  });

  test('the viewer sends requests to no other server', async () => {
    const known = new RegExp(`^(http://(?:e[0-9a-f]*\\.)?localhost:${server.httpPort}/|data:|blob:|about:)`);
    const own = requestedUrls.filter(
      (url) => !url.includes(`:${foreignServer.port}/`) && !url.includes('rebound.example'),
    );
    // The attempt of the page of another origin to use the port for files.
    const elsewhere = own.filter((url) => !known.test(url) && url !== `http://localhost:${server.port}/`);
    expect(elsewhere).toEqual([]);
    expect(own.length).toBeGreaterThan(20);
  });
});
