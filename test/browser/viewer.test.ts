/** The viewer in a real browser, with a real server. */
import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { newId } from '../support/raw.ts';
import { root, type Server, startServer, tempDir, until, wp } from '../support/wp.ts';
import { sharedBrowser } from './page-server.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser();
});

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0)) await cleanUp();
});

/** Opens a page on a server's running scroll, and collects errors and forbidden requests. */
async function open(url: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 700 }, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  const { port } = new URL(url);
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => {
    const requestedUrl = new URL(request.url());
    if (requestedUrl.port !== port || !/^(?:127\.0\.0\.1|(?:e[0-9a-f]*\.)?localhost)$/.test(requestedUrl.hostname))
      problems.push(`a request to ${request.url()}`);
  });
  cleanups.unshift(async () => {
    await context.close();
    expect(problems).toEqual([]);
  });
  await page.goto(url);
  return page;
}

/** Waits for a value, long enough for a busy machine. */
const eventually = <T>(probe: () => T | Promise<T>) => expect.poll(probe);

const homeOf = (server: Server) => `http://localhost:${server.httpPort}/`;
const state = (page: Page) => page.locator('#state').innerText();
const expectLive = (page: Page) => eventually(() => state(page)).toBe('live');
const textOf = (page: Page, n: number) =>
  page.frameLocator(`article[data-n="${n}"] iframe.visible`).locator('body').innerText();
const isAtEnd = (page: Page) =>
  page.evaluate(() => Math.abs(scrollY + innerHeight - document.documentElement.scrollHeight) < 2);

/** Returns to the scroll from an entry that is open by itself. */
async function returnToScroll(page: Page): Promise<void> {
  // Do not await it: the frame that receives the key may be removed before it acknowledges the event.
  page.keyboard.press('Escape').catch(() => {});
  await eventually(() => page.locator('dialog.alone').isVisible()).toBe(false);
}

async function startRun(options: Parameters<typeof startServer>[1] = {}, args = ['run']): Promise<Server> {
  const server = await startServer(args, options);
  cleanups.push(() => server.end());
  return server;
}

async function show(server: Server, name: string, content: string): Promise<void> {
  const path = join(server.dir, name);
  writeFileSync(path, content);
  const { code, stderr } = await wp(['show', path], {
    dir: server.dir,
    env: { WEBPIPE_XRENDER_PORT: String(server.port) },
  });
  expect(`${code} ${stderr}`).toBe('0 ');
}

const lines = (text: string, count: number) => Array.from({ length: count }, (_, i) => `${text} ${i}`).join('\n');

test('a page that loops forever delays no other entry', async () => {
  const server = await startRun();
  const page = await open(server.link);
  await expectLive(page);
  await show(server, 'before.txt', 'before');
  await eventually(() => textOf(page, 1)).toBe('before');
  await show(server, 'endless.html', '<h1>endless</h1><script>onload = () => { for (;;); }</script>');
  await page.locator('article[data-n="2"] iframe.visible').waitFor();
  // A small page arrives with its event and goes to a warm frame; a larger one is loaded by URL.
  await show(server, 'small.txt', 'small');
  await eventually(() => textOf(page, 3)).toBe('small');
  await show(server, 'large.html', `<p>large<!-- ${'x'.repeat(200_000)} -->`);
  await eventually(() => textOf(page, 4)).toBe('large');
  expect(await textOf(page, 1)).toBe('before');
});

test('a page that never becomes idle is reported, and can be stopped and reloaded', async () => {
  const dir = tempDir();
  // A page without webpipe's script, which never answers pings.
  plugin(dir, 'quiet', 'echo "<!doctype html><p>quiet" >"$2.html"; echo "$2.html"');
  const server = await startRun({ dir });
  const page = await open(server.link);
  await expectLive(page);
  await show(server, 'answers.txt', 'answers');
  await show(server, 'a.quiet', 'quiet');
  await show(server, 'endless.html', '<h1>endless</h1><script>onload = () => { for (;;); }</script>');
  const endless = page.locator('article[data-n="3"]');
  await endless.locator('.unresponsive').waitFor();
  expect(await endless.locator('.unresponsive').innerText()).toMatch(/not responding/);
  // On a busy machine other pages may answer late, but they answer.
  await eventually(() => page.locator('.unresponsive').count()).toBe(1);
  const busy = await busiest(page);
  expect(busy.share).toBeGreaterThan(0);
  await endless.getByRole('button', { name: 'Stop it' }).click();
  expect(await endless.locator('iframe').count()).toBe(0);
  await eventually(async () => (await busiest(page)).id).not.toBe(busy.id);
  await endless.getByRole('button', { name: 'Show it again' }).click();
  await endless.locator('iframe').waitFor();
  await endless.locator('.unresponsive').waitFor();
});

test('--type png shows an image although its name ends in .log', async () => {
  const server = await startRun();
  const page = await open(server.link);
  await expectLive(page);
  const path = join(server.dir, 'plot.log');
  copyFileSync(join(root, 'examples/pictures/volcano.png'), path);
  const { code, stderr } = await wp(['show', '--type', 'png', path], {
    dir: server.dir,
    env: { WEBPIPE_XRENDER_PORT: String(server.port) },
  });
  expect(`${code} ${stderr}`).toBe('0 ');
  const picture = page.frameLocator('article[data-n="1"] iframe').locator('img');
  await eventually(() => picture.evaluate((img) => (img as HTMLImageElement).naturalWidth)).toBe(900);
});

/** The busiest renderer process, and its share of a processor. */
async function busiest(page: Page): Promise<{ id: number; share: number }> {
  const session = await page.context().browser()!.newBrowserCDPSession();
  const times = async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return new Map(processInfo.filter(({ type }) => type === 'renderer').map(({ id, cpuTime }) => [id, cpuTime]));
  };
  const before = await times();
  const startedAt = performance.now();
  await page.waitForTimeout(1000);
  const after = await times();
  const seconds = (performance.now() - startedAt) / 1000;
  const shares = [...after].map(([id, time]) => ({ id, share: (time - (before.get(id) ?? 0)) / seconds }));
  return shares.reduce((most, one) => (one.share > most.share ? one : most));
}

test('a new entry appears without a reload, and the page scrolls to it', async () => {
  const server = await startRun();
  const page = await open(homeOf(server));
  await expectLive(page);
  expect(await page.locator('#empty').innerText()).toContain('ls -l | wp show');
  await show(server, '<b>bold<b> & "name".txt', '<script>parent.hacked = 1</script>hello');
  await eventually(() => textOf(page, 1)).toContain('<script>parent.hacked = 1</script>hello');
  const article = page.locator('[role="feed"] > article[data-n="1"]');
  expect(await article.evaluate((element) => ({ ...(element as HTMLElement).dataset }))).toEqual({
    n: '1',
    id: expect.stringMatching(/^[0-9a-f]{32}$/),
    type: 'txt',
    status: 'ok',
  });
  expect(await article.locator('.name').innerText()).toBe('<b>bold<b> & "name".txt');
  expect(await article.locator('a.number').getAttribute('href')).toBe(`/s/${encodeURIComponent(server.scroll)}/#1`);
  expect(await article.locator('iframe').getAttribute('sandbox')).toBe('allow-scripts allow-downloads');
  for (let n = 2; n <= 4; n += 1) await show(server, `${n}.log`, lines('line', 100));
  await eventually(() => textOf(page, 4)).toContain('line 99');
  await eventually(() => isAtEnd(page)).toBe(true);
  expect(await page.locator('#empty').count()).toBe(0);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('article[data-n="4"] [data-action="original"]').click(),
  ]);
  expect(download.suggestedFilename()).toBe('4.log');
  expect(readFileSync(await download.path(), 'utf8')).toBe(lines('line', 100));
});

test('the scroll position stays if the user has scrolled away, and new entries are counted', async () => {
  const server = await startRun();
  for (let n = 1; n <= 4; n += 1) await show(server, `${n}.log`, lines('line', 60));
  const page = await open(homeOf(server));
  await eventually(() => textOf(page, 4)).toContain('line 59');
  await page.keyboard.press('g');
  await eventually(() => textOf(page, 1)).toContain('line 59');
  const top = await page.evaluate(() => scrollY);
  for (let n = 5; n <= 7; n += 1) await show(server, `${n}.log`, 'short');
  await eventually(() => page.locator('#more').innerText()).toBe('3 new');
  expect(await page.title()).toBe(`(3) ${server.scroll} — webpipe`);
  expect(await page.evaluate(() => scrollY)).toBe(top);
  await page.locator('#more').click();
  await eventually(() => textOf(page, 7)).toContain('short');
  expect(await isAtEnd(page)).toBe(true);
  expect(await page.locator('#more').isVisible()).toBe(false);
  expect(await page.title()).toBe(`${server.scroll} — webpipe`);
});

test('after a restart of the server no entry is missing or duplicated', async () => {
  const first = await startRun({}, ['run', 'again']);
  const page = await open(homeOf(first));
  await expectLive(page);
  for (let n = 1; n <= 3; n += 1) await show(first, `${n}.txt`, `text ${n}`);
  await eventually(() => textOf(page, 3)).toContain('text 3');
  await first.end('SIGKILL');
  await eventually(() => state(page)).toBe('reconnecting…');
  const second = await startRun({ dir: first.dir }, [
    'run',
    'again',
    '--http-port',
    String(first.httpPort),
    '--xrender-port',
    String(first.port),
  ]);
  for (let n = 4; n <= 6; n += 1) await show(second, `${n}.txt`, `text ${n}`);
  await eventually(() => state(page)).toBe('live');
  await eventually(() => textOf(page, 6)).toContain('text 6');
  const numbers = await page
    .locator('article')
    .evaluateAll((all) => all.map((one) => Number(one.getAttribute('data-n'))));
  expect(numbers).toEqual([1, 2, 3, 4, 5, 6]);
  // Warm frames are available again too.
  await eventually(() => page.locator('#warm iframe').count()).toBe(2);
});

test('while an entry is open by itself the scroll does not move; closing it shows its position in the scroll', async () => {
  const server = await startRun();
  for (let n = 1; n <= 4; n += 1) await show(server, `${n}.log`, lines('line', 60));
  const page = await open(`${homeOf(server)}s/${encodeURIComponent(server.scroll)}/`);
  await eventually(() => textOf(page, 4)).toContain('line 59');
  await page.addInitScript(() => {
    addEventListener('scroll', () => document.documentElement.setAttribute('data-moved', String(scrollY)));
  });
  await page.goto(`${homeOf(server)}s/${encodeURIComponent(server.scroll)}/#3/alone`);
  await page.reload();
  const alone = page.locator('dialog.alone');
  await eventually(() => alone.frameLocator('iframe').locator('body').innerText()).toContain('line 59');
  await show(server, '5.log', 'one more');
  await page.locator('article[data-n="1"] iframe.visible').waitFor({ state: 'attached' });
  expect(await page.locator('html').getAttribute('data-moved')).toBe(null);
  await alone.locator('.close').click();
  await eventually(() => alone.isVisible()).toBe(false);
  const distanceFromTop = () =>
    page.evaluate(() => {
      const top = document.getElementById('top')?.getBoundingClientRect().bottom ?? 0;
      return Math.round((document.querySelector('article[data-n="3"]')?.getBoundingClientRect().top ?? 0) - top);
    });
  await eventually(distanceFromTop).toBe(10);
});

test('keys select, filter, open an entry by itself and show help', async () => {
  const server = await startRun();
  for (const name of ['a.txt', 'b.md', 'c.txt']) await show(server, name, `This is ${name}`);
  const page = await open(homeOf(server));
  const selected = () => page.locator('article[aria-current]').getAttribute('data-n');
  await eventually(() => textOf(page, 3)).toContain('This is c.txt');
  await page.keyboard.press('g');
  await page.keyboard.press('j');
  await eventually(selected).toBe('2');
  await page.keyboard.press('G');
  await page.keyboard.press('k');
  await eventually(selected).toBe('2');
  // Keys pressed in a frame work too.
  await page.frameLocator('article[data-n="2"] iframe').locator('body').click();
  await page.keyboard.press('k');
  await eventually(selected).toBe('1');

  await page.keyboard.press('/');
  await page.keyboard.type('type:md');
  expect(await page.locator('#hits').innerText()).toBe('1 of 3');
  await eventually(() => page.locator('article:visible').count()).toBe(1);
  await page.keyboard.press('Escape');
  await eventually(() => page.locator('article:visible').count()).toBe(3);

  await page.keyboard.press('o');
  const alone = page.locator('dialog.alone');
  await eventually(() => alone.isVisible()).toBe(true);
  expect(page.url()).toMatch(/#1\/alone$/);
  await eventually(() => alone.frameLocator('iframe').locator('body').innerText()).toContain('This is a.txt');
  await returnToScroll(page);
  await page.keyboard.press('?');
  expect(await page.locator('dialog.help').innerText()).toContain('next entry');
  await page.keyboard.press('Escape');
  await eventually(() => page.locator('dialog.help').count()).toBe(0);
});

test('a page in a frame can open another site only if the user confirms', async () => {
  const server = await startRun();
  await show(server, 'a.md', '[away](https://example.org/there)');
  const page = await open(homeOf(server));
  await page.frameLocator('article[data-n="1"] iframe.visible').locator('a').click();
  const link = page.locator('dialog.ask a');
  expect(await link.getAttribute('href')).toBe('https://example.org/there');
  expect([await link.getAttribute('target'), await link.getAttribute('rel')]).toEqual([
    '_blank',
    'noopener noreferrer',
  ]);
  await page.locator('dialog.ask button').click();
  await eventually(() => page.locator('dialog.ask').count()).toBe(0);
});

test('a failed rendering shows its error; a slow one has a placeholder', async () => {
  const dir = tempDir();
  plugin(dir, 'boom', 'echo "line <3> is wrong" >&2; exit 3');
  plugin(dir, 'slow', 'sleep 1; echo "<p>done</p>" >"$2.html"; echo "$2.html"');
  const server = await startRun({ dir });
  const page = await open(homeOf(server));
  await expectLive(page);
  await show(server, 'a.boom', 'x');
  await eventually(() => textOf(page, 1)).toContain('line <3> is wrong');
  expect(await page.locator('article[data-n="1"]').getAttribute('data-status')).toBe('failed');
  expect(await page.locator('article[data-n="1"] .failure').innerText()).toContain('ended with code 3');
  // The error is shown once: above the page in the scroll, and in the page if it is open by itself.
  expect(await textOf(page, 1)).not.toContain('ended with code 3');
  await page.goto(`${homeOf(server)}#1/alone`);
  const alone = page.frameLocator('dialog.alone iframe').locator('body');
  await eventually(() => alone.innerText()).toContain('ended with code 3');
  await returnToScroll(page);
  await show(server, 'b.slow', 'x');
  const slow = page.locator('article[data-n="2"]');
  await eventually(() => slow.getAttribute('data-status')).toBe('accepted');
  expect(await slow.getAttribute('aria-busy')).toBe('true');
  await eventually(() => slow.getAttribute('data-status')).toBe('ok');
  await eventually(() => textOf(page, 2)).toContain('done');
  expect(await slow.locator('iframe').count()).toBe(1);
});

function plugin(dir: string, type: string, script: string): void {
  const folder = join(dir, 'plugins', type);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'render'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'render'), 0o755);
}

/** Writes an old scroll to disk, as a server would have written it. */
function writeScroll(dir: string, name: string, count: number): void {
  const home = join(dir, 's', name);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  let journal = '';
  for (let n = 1; n <= count; n += 1) {
    const id = newId();
    const labels = { n, id, name: `${n}.txt`, type: 'txt', host: 'here', time: '2025-01-01T00:00:00Z', bytes: 9 };
    journal += `${JSON.stringify({ event: 'accepted', ...labels })}\n${JSON.stringify({ event: 'rendered', n, id, ms: 1 })}\n`;
    writeFileSync(join(home, `${id}.html`), `<!doctype html><p style="height:${(n % 7) * 40}px">entry number ${n}`);
  }
  writeFileSync(join(home, 'scroll.ndjson'), journal);
}

test('a long scroll has few frames, and every entry can be reached', async () => {
  const dir = tempDir();
  writeScroll(dir, 'long', 3000);
  const server = await startRun({ dir });
  const page = await open(`${homeOf(server)}s/long/`);
  await eventually(() => textOf(page, 3000)).toContain('entry number 3000');
  expect(await isAtEnd(page)).toBe(true);
  await eventually(() => state(page)).toBe('connected');
  await page.mouse.move(500, 10);
  let maxFrames = 0;
  for (let i = 0; i < 20; i += 1) {
    await page.mouse.wheel(0, -600);
    maxFrames = Math.max(maxFrames, await page.locator('iframe').count());
  }
  expect(maxFrames).toBeLessThanOrEqual(30);
  // Wait until wheel scrolling has stopped; otherwise it would continue after the jump.
  let last = -1;
  await until('the end of scrolling', async () => {
    const before = last;
    last = await page.evaluate(() => new Promise<number>((resolve) => setTimeout(() => resolve(scrollY), 300)));
    return last === before;
  });
  const positionOnScreen = () =>
    page.locator('article[data-n="7"]').evaluate((element) => element.getBoundingClientRect().top);
  await page.evaluate(() => {
    location.hash = '#7';
  });
  await eventually(() => textOf(page, 7)).toContain('entry number 7');
  const position = await positionOnScreen();
  expect(position).toBeGreaterThan(0);
  expect(position).toBeLessThan(100);
  // Loading above and below does not move the visible entry.
  await until(
    'the frames beside the entry',
    async () => (await page.locator('article[data-n="9"] iframe.visible').count()) > 0,
  );
  expect(await positionOnScreen()).toBe(position);
  const direct = await open(`${homeOf(server)}s/long/#1500`);
  await eventually(() => textOf(direct, 1500)).toContain('entry number 1500');
  await direct.keyboard.press('/');
  await direct.keyboard.type('name:299');
  await eventually(() => direct.locator('#hits').innerText()).toBe('13 of 3,000');
});

test('the list of scrolls is newest first, marks the running one, and links to each', async () => {
  const dir = tempDir();
  writeScroll(dir, 'old', 2);
  const server = await startRun({ dir }, ['run', 'now']);
  await show(server, 'a.txt', 'a');
  const page = await open(`${homeOf(server)}s/`);
  await eventually(() =>
    page.locator('[data-scroll]').evaluateAll((all) => all.map((element) => element.getAttribute('data-scroll'))),
  ).toEqual(['now', 'old']);
  expect(await page.locator('[data-scroll="now"]').innerText()).toMatch(/running[\s\S]*1 entry/);
  await page.locator('[data-scroll="old"] a').click();
  await eventually(() => textOf(page, 2)).toContain('entry number 2');
  await page.locator('#home').click();
  await eventually(() => page.locator('[data-scroll]').count()).toBe(2);
});

test('an expired token is replaced silently', async () => {
  const server = await startRun();
  await show(server, 'a.txt', 'still here');
  const page = await open(homeOf(server));
  await expectLive(page);
  await page.evaluate(() => localStorage.setItem('webpipe.token', 'of another server'));
  await page.reload();
  await expectLive(page);
  await eventually(() => textOf(page, 1)).toContain('still here');
});

test.runIf(process.getuid?.() === 0)('another user needs the login link', async () => {
  const dir = tempDir();
  chmodSync(dir, 0o755);
  chownSync(dir, 65534, 65534);
  const server = await startRun({ dir, uid: 65534 });
  const page = await open(homeOf(server));
  await eventually(() => state(page)).toBe('login needed');
  expect(await page.locator('#login').innerText()).toContain('wp open');
  await page.locator('#login input').fill('http://localhost/#login=nonsense');
  await page.keyboard.press('Enter');
  await eventually(() => page.locator('#login .refusal').innerText()).toContain('wp open');
  await page.locator('#login input').fill(server.link);
  await page.keyboard.press('Enter');
  await eventually(() => page.url()).toBe(`${homeOf(server)}s/${server.scroll}/`);
  await expectLive(page);
  const other = await open(server.link);
  // A link works once.
  await eventually(() => state(other)).toBe('login needed');
  expect(other.url()).not.toContain('login');
});

test('a copy of a scroll on a static server shows the same entries, and entries that are added later', async () => {
  const server = await startRun({}, ['run', 'copied']);
  for (const n of [1, 2]) await show(server, `${n}.txt`, `text ${n}`);
  const page = await open(`${await serveStatic(join(server.dir, 's'))}/copied/`);
  await eventually(() => state(page)).toBe('static copy');
  await eventually(() => textOf(page, 2)).toContain('text 2');
  await show(server, '3.txt', 'text 3');
  await eventually(() => textOf(page, 3)).toContain('text 3');
});

/** A minimal static web server without range or conditional requests. */
async function serveStatic(root: string): Promise<string> {
  const types = new Map([
    ['.html', 'text/html'],
    ['.js', 'text/javascript'],
    ['.css', 'text/css'],
  ]);
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname));
    const file = path.endsWith('/') ? `${path}index.html` : path;
    try {
      const content = readFileSync(join(root, file));
      response.setHeader('content-type', types.get(/\.\w+$/.exec(file)?.[0] ?? '') ?? 'application/octet-stream');
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  cleanups.push(async () => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('on a phone nothing is wider than the screen, and buttons are large enough to tap', async () => {
  const server = await startRun();
  await show(server, `${'long-name-'.repeat(20)}.txt`, 'x');
  const page = await open(homeOf(server), { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  await eventually(() => textOf(page, 1)).toContain('x');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  const sizes = await page
    .locator('#tools button, article button, article .actions a')
    .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().width));
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(36);
});
