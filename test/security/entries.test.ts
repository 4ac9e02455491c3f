/** What a capability gives access to, and the headers of each response. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FeedEntry, FeedMessage } from '../../src/shared/feed.ts';
import { dial, newId } from '../support/raw.ts';
import { http, type Viewer, watch } from '../support/viewer.ts';
import { type Server, startServer, until } from '../support/wp.ts';
import { exchange, filesUrlOf, SECRET, startTestServer } from './support.ts';

let server: Server;
let viewer: Viewer;
let token: string;
let entry: FeedEntry;
let other: FeedEntry;
beforeAll(async () => {
  ({ server, viewer, token, entry, other } = await startTestServer());
});

describe('capabilities', () => {
  const status = async (path: string) => (await http(server, path)).status;

  test('a capability gives access to its entry and to no other', async () => {
    expect((await http(server, `${filesUrlOf(server, entry)}/${entry.id}.html`)).text).toContain(SECRET);
    expect((await http(server, `${filesUrlOf(server, entry)}/${entry.id}/source/secret.txt`)).text).toBe(SECRET);
    for (const path of [
      `${filesUrlOf(server, entry)}/${other.id}.html`,
      `${filesUrlOf(server, entry)}/${other.id}/source/other.html`,
      `${filesUrlOf(server, entry)}/scroll.ndjson`,
      `${filesUrlOf(server, entry)}/index.html`,
      `${filesUrlOf(server, entry)}/.lock`,
      `${filesUrlOf(server, entry)}/`,
      `${filesUrlOf(server, entry)}/${entry.id}`,
      `${filesUrlOf(server, entry)}/${entry.id}/`,
      `/c/${entry.cap}/s/another/${entry.id}.html`,
      `/c/${entry.cap}/run/key`,
    ])
      expect(await status(path), path).toBe(404);
  });

  test('a wrong or truncated capability, or one of another scroll, gives no access', async () => {
    const flipped = entry.cap.slice(0, -1) + (entry.cap.endsWith('0') ? '1' : '0');
    const foreign = entry.id + other.cap.slice(32);
    const caps = [
      '',
      'x',
      flipped,
      foreign,
      entry.id,
      entry.cap.slice(1),
      `${entry.cap}0`,
      entry.cap.toUpperCase(),
      '0'.repeat(64),
    ];
    for (const cap of caps) {
      const answer = await http(server, `/c/${cap}/s/mine/${entry.id}.html`);
      expect(answer.status, cap).toBe(404);
      expect(answer.text).toBe('not found\n');
    }
    const elsewhere = await startServer(['run', 'elsewhere']);
    expect((await http(elsewhere, `/c/${entry.cap}/s/mine/${entry.id}.html`)).status).toBe(404);
    await elsewhere.end();
  });

  test('no path leads outside of the entry', async () => {
    const parentPaths = [
      '..',
      '%2e%2e',
      '%252e%252e',
      '.%2e',
      '..%2f..',
      '..%5c..',
      '..\\..',
      '%00',
      '%c0%ae%c0%ae',
      '%u002e',
      '..%00',
      '....//',
      ';..',
    ];
    for (const up of parentPaths) {
      for (const path of [
        `${filesUrlOf(server, entry)}/${entry.id}/${up}/scroll.ndjson`,
        `${filesUrlOf(server, entry)}/${entry.id}/${up}/${other.id}.html`,
        `${filesUrlOf(server, entry)}/${entry.id}/source/${up}/${up}/${other.id}.html`,
        `${filesUrlOf(server, entry)}/assets/${up}/scroll.ndjson`,
        `/c/${entry.cap}/s/${up}/run/key`,
        `/c/${entry.cap}/${up}/run/key`,
        `/c/${entry.cap}/plugins/${up}/static/run/key`,
        `${filesUrlOf(server, entry)}/${entry.id}/${up}${'/..'.repeat(10)}/etc/passwd`,
      ]) {
        const answer = await exchange(
          server.httpPort,
          `GET ${path} HTTP/1.1\r\nHost: localhost:${server.httpPort}\r\nConnection: close\r\n\r\n`,
        );
        expect(answer, path).toMatch(/^HTTP\/1.1 (400|404)/);
        expect(answer).not.toContain(SECRET);
      }
    }
  });

  test('links to files outside of an entry are not followed, and names are decoded once', async () => {
    const folder = join(server.dir, 's/mine', entry.id);
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    symlinkSync('/etc/passwd', join(folder, 'passwd'));
    symlinkSync('/etc', join(folder, 'etc'));
    symlinkSync(`../${other.id}`, join(folder, 'neighbour'));
    symlinkSync('../scroll.ndjson', join(folder, 'journal'));
    symlinkSync('inside.txt', join(folder, 'within'));
    write('inside.txt', 'inside');
    // A server that decodes twice would serve the symbolic link here.
    write('%70asswd', 'a name with a per cent sign');
    write('100% sure?.txt', 'sure');
    const at = `${filesUrlOf(server, entry)}/${entry.id}`;
    for (const path of ['passwd', 'etc/passwd', 'neighbour/source/other.html', 'journal', 'etc'])
      expect(await status(`${at}/${path}`), path).toBe(404);
    expect((await http(server, `${at}/within`)).text).toBe('inside');
    expect((await http(server, `${at}/%2570asswd`)).text).toBe('a name with a per cent sign');
    expect((await http(server, `${at}/100%25%20sure%3F.txt`)).text).toBe('sure');

    // An entry whose directory or page is a symbolic link, as a plugin could create.
    const id = newId();
    const page = join(server.dir, `${id}.html`);
    writeFileSync(page, '<p>page</p>');
    symlinkSync('/etc', join(server.dir, id));
    const record = { kind: 'entry', id, name: 'x', type: 'html', page, status: 'ok' };
    const raw = await dial(server.socket);
    raw.send(record);
    await raw.waitForAnswers(1);
    const linked = await viewer.entry(
      'the entry with a link',
      (entry) => entry.id === id && entry.status !== 'accepted',
    );
    expect(await status(`${filesUrlOf(server, linked)}/${id}/passwd`)).toBe(404);
  });

  test('the static files of plugins require a capability', async () => {
    mkdirSync(join(server.dir, 'plugins/dot/static'), { recursive: true });
    writeFileSync(join(server.dir, 'plugins/dot/static/a.js'), '1');
    symlinkSync(join(server.dir, 'run/key'), join(server.dir, 'plugins/dot/static/key'));
    expect(await status(`/c/${entry.cap}/plugins/dot/static/a.js`)).toBe(200);
    for (const path of [
      `/c/${'0'.repeat(64)}/plugins/dot/static/a.js`,
      `/c/f${'0'.repeat(48)}/plugins/dot/static/a.js`,
      `/c/${entry.cap}/plugins/dot/static/key`,
      `/c/${entry.cap}/plugins/dot/render`,
    ])
      expect(await status(path), path).toBe(404);
  });

  test('a warm frame shows one entry of its scroll, once', async () => {
    const warmFrames = async (count: number) => {
      const before = viewer.messages.length;
      viewer.socket.send(JSON.stringify({ kind: 'spare', count }));
      const answer = await viewerMessage(before, 'spares');
      return answer.kind === 'spares' ? answer.frames : [];
    };
    const bind = (frame: string, id: string) => viewer.socket.send(JSON.stringify({ kind: 'bind', frame, id }));
    const [frame = '', idle = ''] = await warmFrames(2);
    expect(frame).toMatch(/^f[0-9a-f]{48}$/);
    const page = await http(server, `/c/${frame}/s/mine/frame`);
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toContain('sandbox allow-scripts allow-downloads');
    expect(await status(`/c/${frame}/s/other/frame`)).toBe(404);
    bind(frame, entry.id);
    expect(await status(`/c/${frame}/s/mine/${entry.id}/source/secret.txt`)).toBe(200);
    bind(frame, other.id);
    expect(await status(`/c/${frame}/s/mine/${other.id}/source/other.html`)).toBe(404);
    expect(await status(`/c/${frame}/s/mine/${entry.id}/source/secret.txt`)).toBe(200);
    expect(await status(`/c/${frame}/s/other/${entry.id}/source/secret.txt`)).toBe(404);
    bind(idle, newId());
    expect(await status(`/c/${idle}/s/mine/${entry.id}/source/secret.txt`)).toBe(404);
    // Another viewer cannot bind frames of this one.
    const second = await watch(server);
    second.socket.send(JSON.stringify({ kind: 'bind', frame: idle, id: entry.id }));
    expect(await status(`/c/${idle}/s/mine/${entry.id}/source/secret.txt`)).toBe(404);
    second.close();
  });

  async function viewerMessage(after: number, kind: FeedMessage['kind']): Promise<FeedMessage> {
    return until(kind, () => viewer.messages.slice(after).find((message) => message.kind === kind));
  }
});

describe('headers', () => {
  test('of every response', async () => {
    const paths = [
      '/',
      '/s/mine/',
      '/assets/viewer.js',
      '/api/scrolls',
      '/nothing',
      `${filesUrlOf(server, entry)}/${entry.id}.html`,
      '/c/x',
    ];
    for (const path of paths) {
      const { headers } = await http(server, path, { headers: { Authorization: `Bearer ${token}` } });
      expect(headers, path).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'x-dns-prefetch-control': 'off',
      });
      expect(headers['set-cookie'], path).toBeUndefined();
      expect(headers['cross-origin-resource-policy']).toBe(path.startsWith('/c/') ? 'cross-origin' : 'same-origin');
      expect(headers['access-control-allow-origin']).toBe(path.startsWith('/c/') ? '*' : undefined);
    }
  });

  test('of the viewer', async () => {
    const host = `localhost:${server.httpPort}`;
    const { headers } = await http(server, '/s/mine/');
    expect(String(headers['content-security-policy']).split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      `connect-src 'self' ws://${host} http://*.${host}/c/`,
      `frame-src http://${host}/c/ http://*.${host}/c/`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
  });

  test('of an entry, its files, and missing files', async () => {
    const viewer = `localhost:${server.httpPort}`;
    const paths = [`${entry.id}.html`, `${entry.id}/source/secret.txt`, 'nothing'];
    for (const [host, path] of [viewer, `e${entry.id}.${viewer}`].flatMap((at) =>
      paths.map((one) => [at, one] as const),
    )) {
      const own = `http://${host}/c/${entry.cap}/`;
      const { headers } = await http(server, `${filesUrlOf(server, entry)}/${path}`, { headers: { Host: host } });
      expect(String(headers['content-security-policy']).split('; ')).toEqual([
        'sandbox allow-scripts allow-downloads',
        "default-src 'none'",
        `script-src 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob: ${own}`,
        `style-src 'unsafe-inline' data: blob: ${own}`,
        `img-src data: blob: ${own}`,
        `font-src data: blob: ${own}`,
        `media-src data: blob: ${own}`,
        `connect-src data: blob: ${own}`,
        'worker-src blob:',
        "frame-src 'none'",
        "object-src 'none'",
        `base-uri ${own}`,
        "form-action 'none'",
        `frame-ancestors http://${viewer} http://127.0.0.1:${server.httpPort}`,
      ]);
      expect(headers['connection-allowlist']).toBe(`("${own}*")`);
    }
    const odd = await http(server, `/c/${encodeURIComponent('x; script-src *')}/s/mine/y.html`);
    expect(odd.headers['content-security-policy']).not.toContain('*');
  });

  test('a page opened in a window is redirected to the viewer; an original that can run code is downloaded', async () => {
    const direct = { headers: { 'Sec-Fetch-Dest': 'document' } };
    const page = await http(server, `${filesUrlOf(server, other)}/${other.id}.html`, direct);
    expect(page).toMatchObject({ status: 303, text: '' });
    const home = `http://localhost:${server.httpPort}/s/mine/#${other.n}/alone`;
    expect(page.headers.location).toBe(home);
    const ownHost = { headers: { ...direct.headers, Host: `e${other.id}.localhost:${server.httpPort}` } };
    expect((await http(server, `${filesUrlOf(server, other)}/${other.id}.html`, ownHost)).headers.location).toBe(home);
    const source = `${filesUrlOf(server, other)}/${other.id}/source`;
    const folder = join(server.dir, 's/mine', other.id, 'source');
    for (const name of ['a.svg', 'a.xml', 'a.xhtml', 'a.rss', 'a.xsl', 'a.mht', 'a.svgz', 'a.bin']) {
      writeFileSync(join(folder, name), '<script/>');
      const { headers } = await http(server, `${source}/${name}`, direct);
      expect(headers['content-disposition'], name).toBe('attachment');
    }
    expect((await http(server, `${source}/other.html`, direct)).headers['content-disposition']).toBe('attachment');
    const text = await http(server, `${filesUrlOf(server, entry)}/${entry.id}/source/secret.txt`, direct);
    expect(text.headers['content-disposition']).toBeUndefined();
    expect(text.headers['content-type']).toBe('text/plain; charset=utf-8');
  });
});
