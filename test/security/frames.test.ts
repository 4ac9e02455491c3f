/** Hostile pages in the real viewer: their access, navigation and messages. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FeedEntry } from '../../src/shared/feed.ts';
import { sharedBrowser } from '../support/browser.ts';
import { type Viewer, watch } from '../support/viewer.ts';
import { type Server, startServer, until, wp } from '../support/wp.ts';
import { ACCESS_ATTEMPTS, NAVIGATION_ATTEMPTS, SEND_ATTEMPTS } from './attempts.ts';
import { type ForeignServer, filesUrlOf, startForeignServer } from './support.ts';

const SECRET = 'the text of another entry';
/** A page larger than this is not sent with its event, so it is loaded in an ordinary frame. */
const LARGE = `<!-- ${'x'.repeat(150_000)} -->`;

let server: Server;
let viewer: Viewer;
let foreignServer: ForeignServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let other: FeedEntry;
let count = 0;

beforeAll(async () => {
  [server, foreignServer, browser] = await Promise.all([
    startServer(['run', 'mine']),
    startForeignServer(),
    sharedBrowser(),
  ]);
  viewer = await watch(server);
  context = await browser.newContext({ viewport: { width: 1000, height: 1600 } });
  page = await context.newPage();
  await page.goto(server.link);
  await page.locator('[data-state=live]').waitFor();
  other = await show(`<!doctype html><p>${SECRET}`);
  await shown(other);
});
afterAll(async () => {
  foreignServer?.close();
});

/** Shows documents and waits for their entries. */
async function showAll(texts: readonly string[], type = 'html'): Promise<FeedEntry[]> {
  const paths = texts.map((text) => {
    count += 1;
    const path = join(server.dir, `page${count}.${type}`);
    writeFileSync(path, text);
    return path;
  });
  const { stdout, stderr } = await wp(['show', ...paths], { dir: server.dir });
  expect(stderr).toBe('');
  const numbers = [...stdout.matchAll(/#(\d+)$/gm)].map((match) => Number(match[1]));
  return Promise.all(numbers.map((n) => viewer.entry(`entry ${n}`, (entry) => entry.n === n && entry.status === 'ok')));
}

async function show(text: string, type?: string): Promise<FeedEntry> {
  const [entry] = await showAll([text], type);
  if (!entry) throw new Error('nothing was shown');
  return entry;
}

/** The frame in which the viewer shows an entry. */
async function shown(entry: FeedEntry): Promise<Frame> {
  const element = await page.waitForSelector(`article[data-n="${entry.n}"] iframe.visible`);
  const frame = await element.contentFrame();
  if (!frame) throw new Error(`entry ${entry.n} has no frame`);
  return frame;
}

const where = (text: string) =>
  text
    .replaceAll('FOREIGN', `http://127.0.0.1:${foreignServer.port}`)
    .replaceAll('HOST', `127.0.0.1:${foreignServer.port}`);

/** A document that runs a script when it has loaded. `</script` in the script is escaped. */
const running = (script: string, size = '') =>
  `<!doctype html><html><head><title>x</title>${size}</head><body><script>onload = () => setTimeout(() => ` +
  `{ ${where(script).replaceAll('</script', '<\\/script')} }, 10)</script></body></html>`;

/** Expects that the viewer has not navigated, works, and shows the next entry. */
async function expectUnharmed(): Promise<void> {
  expect(page.url()).toBe(`http://localhost:${server.httpPort}/s/mine/`);
  expect(context.pages()).toHaveLength(1);
  expect(await page.locator('dialog[open]').count()).toBe(0);
  const next = await show('still there', 'txt');
  await expect.poll(async () => (await shown(next)).evaluate(() => document.body.innerText)).toContain('still there');
}

test('outside of the viewer, a page can reach the foreign server', async () => {
  const elsewhere = await browser.newPage();
  foreignServer.page = '<!doctype html><script>fetch("/hello")</script>';
  await elsewhere.goto(`http://127.0.0.1:${foreignServer.port}/`);
  await until('a request', () => foreignServer.log.includes('GET /hello'));
  await elsewhere.evaluate((url) => {
    const peer = new RTCPeerConnection({ iceServers: [{ urls: url }] });
    peer.createDataChannel('x');
    void peer.createOffer().then((offer) => peer.setLocalDescription(offer));
  }, `stun:127.0.0.1:${foreignServer.port}`);
  await until('a datagram', () => foreignServer.log.includes('a datagram'));
  await elsewhere.close();
  await new Promise((settle) => setTimeout(settle, 500));
  foreignServer.log.length = 0;
});

describe.each([
  ['a frame with its own host name', true, ''],
  ['an ordinary frame, where host names of entries do not resolve', false, LARGE],
  ['a warm frame, where host names of entries do not resolve', false, ''],
])('in %s', (_, hasOwnHost, size) => {
  const isWarm = !hasOwnHost && size === '';

  beforeAll(async () => {
    if (!hasOwnHost) await page.route(/^http:\/\/e\.localhost:/, (route) => route.abort());
    await page.goto('about:blank');
    await page.goto(`http://localhost:${server.httpPort}/s/mine/`);
    await page.locator('[data-state=live]').waitFor();
    other = await show(`<!doctype html><p>${SECRET}`);
    await shown(other);
  });
  afterAll(() => page.unrouteAll());

  /** Shows a page in a frame of this kind. On a busy machine no warm frame may be available at once. */
  async function showInFrame(script: string): Promise<Frame> {
    for (let tries = 1; ; tries++) {
      if (isWarm) {
        await page.waitForSelector('#warm iframe', { state: 'attached' });
        await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
        await page.waitForTimeout(150 * tries ** 2);
      }
      const frame = await shown(await show(running(script, size)));
      // Find the frame by its first URL: a page that navigates soon has another one.
      const initialUrl = await (await frame.frameElement()).getAttribute('src');
      if (!isWarm || tries === 5 || initialUrl?.endsWith('/frame')) return frame;
    }
  }

  test('a page has access to nothing outside of its entry', async () => {
    const target = `http://localhost:${server.httpPort}${filesUrlOf(server, other)}/${other.id}.html`;
    const attempts = Object.entries(ACCESS_ATTEMPTS).map(
      ([name, expression]) =>
        `[${JSON.stringify(name)}, async () => { return await ` +
        `(${expression.replaceAll('OTHER', target).replaceAll("'OWN'", `new URL('${other.id}.html', location)`)}` +
        ') }]',
    );
    const frame = await showInFrame(`
      document.title = 'began';
      Promise.all([${attempts.join(',\n')}].map(async ([name, attempt]) => {
        const late = new Promise((_, no) => setTimeout(no, 1500));
        try { return [name, String(await Promise.race([attempt(), late]))] } catch { return undefined }
      })).then((all) => { window.accessible = all.filter(Boolean); document.title = 'ended' })`);
    expect(frame.url().endsWith('/frame')).toBe(isWarm);
    expect(new URL(frame.url()).hostname === 'localhost').toBe(!hasOwnHost);
    await until('the end of the attempts', () => frame.title().then((title) => title === 'ended'));
    expect(await frame.evaluate(() => (window as unknown as { accessible: unknown }).accessible)).toEqual([]);
    // It still has access to its own files.
    const own = await frame.evaluate(() => fetch(location.href).then((response) => response.status));
    expect(own).toBe(200);
    await expectUnharmed();
  });

  test('a page cannot send anything to other servers', async () => {
    const scripts = SEND_ATTEMPTS.map(
      (script) => `try { void (async () => { ${script} })().catch(() => {}) } catch {}`,
    );
    const frame = await showInFrame(`${scripts.join('\n')}\ndocument.title = 'ended'`);
    await until('the end of the attempts', () => frame.title().then((title) => title === 'ended'));
    await page.waitForTimeout(1500);
    expect(foreignServer.log).toEqual([]);
    await expectUnharmed();
  });

  test('a page cannot navigate its frame elsewhere, nor the viewer', async () => {
    const scripts = Object.values(NAVIGATION_ATTEMPTS);
    if (isWarm) for (const script of scripts) await showInFrame(script).catch(() => {});
    else await Promise.all((await showAll(scripts.map((script) => running(script, size)))).map(shown));
    await page.waitForTimeout(1000);
    expect(foreignServer.log).toEqual([]);
    const texts = await Promise.all(page.frames().map((frame) => frame.content().catch(() => '')));
    for (const text of texts) expect(text).not.toContain('"running":true');
    await expectUnharmed();
  });
});

test('forged messages, and very many of them, are ignored', async () => {
  const honest = await shown(await show('<!doctype html><p id=p>honest'));
  const before = await page.evaluate(() => [location.href, history.length]);
  const frame = await shown(
    await show(
      running(`
        const post = (m) => { try { parent.postMessage(m, '*') } catch {} };
        const forge = () => {
          for (const height of [1e9, NaN, -5, '500', Infinity, null, [9], 1e308]) post({ webpipe: 'height', height });
          for (const key of ['o', '?', '/', 'j', 'k', 'g', 'G', 'Escape', 'x'.repeat(1e5), 7, null]) post({ webpipe: 'key', key });
          const schemes = ['javascript:document.title="owned"', 'data:text/html,x', 'file:///etc/passwd'];
          for (const url of [...schemes, 'http://127.0.0.1:1/', 'x'.repeat(1e5), 7]) post({ webpipe: 'link', url });
          for (const m of [null, 0, '', 'webpipe', [], {}, { webpipe: {} }]) post(m);
          for (const webpipe of ['__proto__', 'warm', 'ready']) post({ webpipe });
          post({ webpipe: 'write', html: 'OWNED' });
          post({ webpipe: 'scroll', top: 1e9 });
        };
        forge();
        for (let i = 0; i < parent.length; i++) {
          const { port1, port2 } = new MessageChannel();
          parent[i].postMessage('port', '*', [port2]);
          port1.postMessage('OWNED');
        }
        let times = 0;
        const timer = setInterval(() => {
          for (let i = 0; i < 20; i++) forge();
          if (++times < 20) return;
          clearInterval(timer);
          document.title = 'ended';
        }, 20)`),
    ),
  );
  await until('the end of the messages', () => frame.title().then((title) => title === 'ended'));
  await page.waitForTimeout(200);
  expect(await page.evaluate(() => [location.href, history.length])).toEqual(before);
  expect(await page.evaluate(() => document.activeElement?.id)).not.toBe('filter');
  expect(await page.title()).not.toContain('owned');
  const heights = await page
    .locator('article')
    .evaluateAll((all) => all.map((article) => article.getBoundingClientRect().height));
  expect(Math.max(...heights)).toBeLessThan(1600);
  for (const each of page.frames()) expect(await each.content().catch(() => '')).not.toMatch(/^OWNED|>OWNED/);
  expect(await honest.evaluate(() => document.body.innerText)).toContain('honest');
  await expectUnharmed();
});

test('real user input in a frame has an effect', async () => {
  const frame = await shown(
    await show('<!doctype html><p id=p>click me <a id=a href="http://elsewhere.example/">away</a>'),
  );
  await frame.click('#p');
  await page.keyboard.press('?');
  await page.locator('dialog.help[open]').waitFor();
  await page.keyboard.press('Escape');
  await frame.click('#a');
  await page.locator('dialog.ask[open]').waitFor();
  expect(await page.locator('dialog.ask .url').textContent()).toBe('http://elsewhere.example/');
  await page.keyboard.press('Escape');
  await expectUnharmed();
});

test('the URL of a page, opened in a window, leads to the viewer, and that of an original downloads it', async () => {
  const window = await context.newPage();
  const home = `http://localhost:${server.httpPort}${filesUrlOf(server, other)}`;
  await window.goto(`${home}/${other.id}.html`);
  expect(window.url()).toBe(`http://localhost:${server.httpPort}/s/mine/#${other.n}/alone`);
  const frame = await (await window.waitForSelector('dialog.alone[open] iframe')).contentFrame();
  await expect.poll(() => frame?.evaluate(() => document.body.innerText)).toContain(SECRET);
  const saved = window.waitForEvent('download');
  await window.goto(`${home}/${other.id}/source/${other.name}`).catch(() => {});
  expect((await saved).suggestedFilename()).toBe(other.name);
  await window.close();
});
