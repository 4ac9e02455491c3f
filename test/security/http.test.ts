/** What strangers get from the viewer's port: other sites, other users, other names, other paths. */
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { FeedEntry, FeedMessage } from '../../src/model/feed.ts';
import { dial, newId } from '../support/raw.ts';
import { type Answer, http, login, type Viewer, watch } from '../support/viewer.ts';
import { type Server, startServer, tempDir, until, within, wp } from '../support/wp.ts';
import { asNobody, exchange, homeOf, isRoot } from './support.ts';

const SECRET = 'the text that nobody else may see';
const CAPABILITY = /[0-9a-f]{64}/;

let server: Server;
let viewer: Viewer;
let token: string;
let entry: FeedEntry;
let other: FeedEntry;

async function show(name: string, content: string): Promise<FeedEntry> {
  const path = join(server.dir, name);
  writeFileSync(path, content);
  const shown = await wp(['show', path], { dir: server.dir });
  expect(shown).toMatchObject({ code: 0 });
  const n = Number(/#(\d+)$/m.exec(shown.stdout)?.[1]);
  return viewer.entry(name, (one) => one.n === n && one.status === 'ok');
}

beforeAll(async () => {
  server = await startServer(['run', 'mine']);
  token = await login(server);
  viewer = await watch(server);
  entry = await show('secret.txt', SECRET);
  other = await show('other.html', `<!doctype html><title>x</title><p>${SECRET}</p>`);
});

const bearer = () => ({ Authorization: `Bearer ${token}` });
const ours = () => `http://localhost:${server.httpPort}`;
const POST = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' };

/** Whether an answer says nothing that a stranger may not know. */
function expectNothing(answer: Answer): void {
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.text).not.toContain(SECRET);
  expect(answer.text).not.toContain(token);
  expect(answer.text).not.toContain('mine');
  expect(answer.text).not.toMatch(CAPABILITY);
}

describe('who is let in', () => {
  test('it listens on loopback and nowhere else', () => {
    const mine = new Set(
      readdirSync(`/proc/${server.pid}/fd`).map((fd) => {
        try {
          return /socket:\[(\d+)\]/.exec(readlinkSync(`/proc/${server.pid}/fd/${fd}`))?.[1];
        } catch {
          return undefined;
        }
      }),
    );
    const rows = ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) =>
      readFileSync(`/proc/${server.pid}/net/${table}`, 'latin1').split('\n').slice(1),
    );
    const heard = rows
      .map((row) => row.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => mine.has(inode) && (state === '0A' || state === '07'));
    const addresses = heard.map(([, local = '']) => local.split(':')[0]);
    expect(heard.length).toBeGreaterThanOrEqual(2);
    for (const address of addresses) expect(['0100007F', '00000000000000000000000001000000']).toContain(address);
  });

  test.each(['evil.example', 'evil.example:PORT', 'localhost', 'localhost:1', '127.0.0.1.nip.io:PORT', '0.0.0.0:PORT'])(
    'who calls it %s gets no data',
    async (name) => {
      const headers = { ...bearer(), Host: name.replace('PORT', String(server.httpPort)) };
      const paths = ['/', '/s/mine/', '/api/scrolls', `${homeOf(server, entry)}/${entry.id}.html`, '/assets/viewer.js'];
      for (const path of paths) {
        const answer = await http(server, path, { headers });
        expect(answer.status, path).toBe(421);
        expectNothing(answer);
      }
      expectNothing(await http(server, '/api/login', { ...POST, headers: { ...POST.headers, ...headers } }));
    },
  );

  test.each([
    'http://evil.example',
    'null',
    'http://localhost:1',
    'http://localhost',
    'https://localhost:PORT',
    'file://',
    '',
  ])('a page of the origin "%s" gets no data', async (name) => {
    const headers = { ...bearer(), Origin: name.replace('PORT', String(server.httpPort)) };
    for (const path of ['/', '/s/mine/', '/api/scrolls']) expectNothing(await http(server, path, { headers }));
    const answer = await http(server, '/api/login', { ...POST, headers: { ...POST.headers, ...headers } });
    expectNothing(answer);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    const asked = await http(server, '/api/scrolls', { method: 'OPTIONS', headers });
    expect(asked.headers['access-control-allow-origin']).toBeUndefined();
    expect(await feed(headers.Origin, token)).toMatchObject({ opened: false, messages: [] });
  });

  test('who says no origin needs the token all the same', async () => {
    expectNothing(await http(server, '/api/scrolls'));
    for (const wrong of ['', 'x', token.slice(1), `${token}0`, token.toUpperCase()])
      expectNothing(await http(server, '/api/scrolls', { headers: { Authorization: `Bearer ${wrong}` } }));
    expect((await http(server, '/api/scrolls', { headers: bearer() })).text).toContain('mine');
    expect(await feed(undefined, token)).toMatchObject({ opened: false, messages: [] });
  });

  test('the feed says nothing without the token', async () => {
    expect((await feed(ours(), token)).messages[0]).toMatchObject({ kind: 'snapshot' });
    for (const wrong of ['', 'x', token.slice(1), `${token}0`]) {
      const { messages } = await feed(ours(), wrong);
      expect(messages).toEqual([{ kind: 'error', message: 'login' }]);
    }
    const socket = new WebSocket(`ws://127.0.0.1:${server.httpPort}/api/feed`, {
      origin: ours(),
      headers: { Host: 'evil.example' },
    });
    await new Promise((settle) => socket.once('error', settle).once('open', () => settle(undefined)));
    expect(socket.readyState).not.toBe(WebSocket.OPEN);
  });

  test('the same user is logged in; a form, which any page can send, is not heard', async () => {
    expect(token).toMatch(/^[0-9a-f]{32}$/);
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data', ''])
      expectNothing(await http(server, '/api/login', { ...POST, headers: { 'Content-Type': type } }));
    for (const body of ['', '{', `{"code":"${'x'.repeat(10_000)}"}`, '{"code":""}', '{"code":null}', '{"code":[]}'])
      expectNothing(await http(server, '/api/login', { ...POST, body }));
  });

  test.runIf(isRoot)('another user is not', async () => {
    const curl = (...args: string[]) =>
      asNobody(server, 'curl', ['-s', '-i', '--max-time', '5', ...args, '-H', `Host: localhost:${server.httpPort}`]);
    const json = ['-H', 'Content-Type: application/json', '-d', '{}'];
    for (const host of ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]']) {
      const refused = await curl(...json, `http://${host}:${server.httpPort}/api/login`);
      expect(refused.stdout, host).toMatch(/^HTTP\/1.1 401 /);
      expect(refused.stdout).not.toContain(token);
    }
    const home = await curl(`http://127.0.0.1:${server.httpPort}/`);
    expect(home.stdout).toMatch(/^location: \/s\/\r$/im);
    expect(home.stdout).not.toContain('mine');
    const withLink = await curl(
      '-H',
      'Content-Type: application/json',
      '-d',
      JSON.stringify({ code: await newCode() }),
      `http://127.0.0.1:${server.httpPort}/api/login`,
    );
    expect(withLink.stdout).toContain(token);
  });

  test.runIf(isRoot)('another user can read nothing of the directory', async () => {
    for (const path of ['', 's', 's/mine/scroll.ndjson', 'run/key', `s/mine/${entry.id}.html`]) {
      const { code, stdout } = await asNobody(server, 'head', ['-c', '20', join(server.dir, path)]);
      expect(code, path).not.toBe(0);
      expect(stdout).toBe('');
    }
  });

  test('a code works once, and ends with its server', async () => {
    const code = await newCode();
    const use = (text: string) => http(server, '/api/login', { ...POST, body: JSON.stringify({ code: text }) });
    expect((await use(code)).text).toContain(token);
    for (const again of [code, `${code}.`, `${code}.x`]) expectNothing(await use(again));

    const first = await startServer();
    const { dir, httpPort } = first;
    const unused = new URL(first.link).hash.slice('#login='.length);
    const old = await login(first);
    await first.end();
    const second = await startServer(['run', '--http-port', String(httpPort), '--xrender-port', '0'], { dir });
    const late = await http(second, '/api/login', { ...POST, body: JSON.stringify({ code: unused }) });
    expect(late.status).toBe(401);
    expect((await http(second, '/api/scrolls', { headers: { Authorization: `Bearer ${old}` } })).status).toBe(401);
    await second.end();
  });

  test('GET and HEAD change nothing, and other methods are not known', async () => {
    const journal = () => readFileSync(join(server.dir, 's/mine/scroll.ndjson'), 'utf8');
    const before = journal();
    for (const path of [
      '/api/login',
      '/api/login?code=x',
      '/api/scrolls',
      '/s/mine/',
      `${homeOf(server, entry)}/${entry.id}.html`,
    ]) {
      for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])
        expect((await http(server, path, { method, headers: method === 'HEAD' ? {} : bearer() })).text).not.toContain(
          token,
        );
    }
    expect((await http(server, '/api/login')).status).toBe(404);
    expect((await http(server, '/api/scrolls', { method: 'POST', headers: bearer() })).status).toBe(404);
    expect(journal()).toBe(before);
  });

  test.each([
    'GET //',
    'GET http://evil.example/api/scrolls',
    'GET *',
    'CONNECT x:1',
    'GET /%',
    'GET /s/%00/',
    'GET \\',
  ])('the odd request "%s" is answered or dropped, and nothing is told', async (line) => {
    const answer = await exchange(
      server.httpPort,
      `${line} HTTP/1.1\r\nHost: localhost:${server.httpPort}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).not.toMatch(/^HTTP\/1.1 5/);
    expect(answer).not.toContain(SECRET);
    expect(answer).not.toMatch(CAPABILITY);
  });
});

describe('capabilities', () => {
  const status = async (path: string) => (await http(server, path)).status;

  test('one opens its entry and no other', async () => {
    expect((await http(server, `${homeOf(server, entry)}/${entry.id}.html`)).text).toContain(SECRET);
    expect((await http(server, `${homeOf(server, entry)}/${entry.id}/source/secret.txt`)).text).toBe(SECRET);
    for (const path of [
      `${homeOf(server, entry)}/${other.id}.html`,
      `${homeOf(server, entry)}/${other.id}/source/other.html`,
      `${homeOf(server, entry)}/scroll.ndjson`,
      `${homeOf(server, entry)}/index.html`,
      `${homeOf(server, entry)}/.lock`,
      `${homeOf(server, entry)}/`,
      `${homeOf(server, entry)}/${entry.id}`,
      `${homeOf(server, entry)}/${entry.id}/`,
      `/c/${entry.cap}/s/another/${entry.id}.html`,
      `/c/${entry.cap}/run/key`,
    ])
      expect(await status(path), path).toBe(404);
  });

  test('one that is wrong, cut, or of another scroll opens nothing', async () => {
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

  test('no path leads out of the entry', async () => {
    const ups = [
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
    for (const up of ups) {
      for (const path of [
        `${homeOf(server, entry)}/${entry.id}/${up}/scroll.ndjson`,
        `${homeOf(server, entry)}/${entry.id}/${up}/${other.id}.html`,
        `${homeOf(server, entry)}/${entry.id}/source/${up}/${up}/${other.id}.html`,
        `${homeOf(server, entry)}/assets/${up}/scroll.ndjson`,
        `/c/${entry.cap}/s/${up}/run/key`,
        `/c/${entry.cap}/${up}/run/key`,
        `/c/${entry.cap}/plugins/${up}/static/run/key`,
        `${homeOf(server, entry)}/${entry.id}/${up}${'/..'.repeat(10)}/etc/passwd`,
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

  test('links in an entry are not followed out of it, and names are what they are called', async () => {
    const folder = join(server.dir, 's/mine', entry.id);
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    symlinkSync('/etc/passwd', join(folder, 'passwd'));
    symlinkSync('/etc', join(folder, 'etc'));
    symlinkSync(`../${other.id}`, join(folder, 'neighbour'));
    symlinkSync('../scroll.ndjson', join(folder, 'journal'));
    symlinkSync('inside.txt', join(folder, 'within'));
    write('inside.txt', 'inside');
    // A server that decodes twice would give the link here.
    write('%70asswd', 'a name with a per cent sign');
    write('100% sure?.txt', 'sure');
    const at = `${homeOf(server, entry)}/${entry.id}`;
    for (const path of ['passwd', 'etc/passwd', 'neighbour/source/other.html', 'journal', 'etc'])
      expect(await status(`${at}/${path}`), path).toBe(404);
    expect((await http(server, `${at}/within`)).text).toBe('inside');
    expect((await http(server, `${at}/%2570asswd`)).text).toBe('a name with a per cent sign');
    expect((await http(server, `${at}/100%25%20sure%3F.txt`)).text).toBe('sure');

    // An entry whose folder or page is a link itself, as a plugin's or a hand-made one could be.
    const id = newId();
    const page = join(server.dir, `${id}.html`);
    writeFileSync(page, '<p>page</p>');
    symlinkSync('/etc', join(server.dir, id));
    const record = { kind: 'entry', id, name: 'x', type: 'html', page, status: 'ok' };
    const raw = await dial(server.socket);
    raw.send(record);
    await raw.take(1);
    const linked = await viewer.entry('the entry with a link', (one) => one.id === id && one.status !== 'accepted');
    expect(await status(`${homeOf(server, linked)}/${id}/passwd`)).toBe(404);
  });

  test('the static files of plugins are for those who have an entry', async () => {
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

  test('a warm frame is of one entry of its scroll, once', async () => {
    const spares = async (count: number) => {
      const before = viewer.messages.length;
      viewer.socket.send(JSON.stringify({ kind: 'spare', count }));
      const told = await viewerMessage(before, 'spares');
      return told.kind === 'spares' ? told.frames : [];
    };
    const bind = (frame: string, id: string) => viewer.socket.send(JSON.stringify({ kind: 'bind', frame, id }));
    const [frame = '', idle = ''] = await spares(2);
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
    // Another viewer cannot say what this one's frames are.
    const second = await watch(server);
    second.socket.send(JSON.stringify({ kind: 'bind', frame: idle, id: entry.id }));
    expect(await status(`/c/${idle}/s/mine/${entry.id}/source/secret.txt`)).toBe(404);
    second.close();
  });

  async function viewerMessage(after: number, kind: FeedMessage['kind']): Promise<FeedMessage> {
    return until(kind, () => viewer.messages.slice(after).find((one) => one.kind === kind));
  }
});

describe('headers', () => {
  test('of every answer', async () => {
    const paths = [
      '/',
      '/s/mine/',
      '/assets/viewer.js',
      '/api/scrolls',
      '/nothing',
      `${homeOf(server, entry)}/${entry.id}.html`,
      '/c/x',
    ];
    for (const path of paths) {
      const { headers } = await http(server, path, { headers: bearer() });
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
      `connect-src 'self' ws://${host}`,
      `frame-src http://${host}/c/`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
  });

  test('of an entry, its files, and what is not found there', async () => {
    const host = `localhost:${server.httpPort}`;
    const own = `http://${host}/c/${entry.cap}/`;
    for (const path of [`${entry.id}.html`, `${entry.id}/source/secret.txt`, 'nothing']) {
      const { headers } = await http(server, `${homeOf(server, entry)}/${path}`);
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
        `frame-ancestors http://${host}`,
      ]);
      expect(headers['connection-allowlist']).toBe(`("${own}*")`);
    }
    const odd = await http(server, `/c/${encodeURIComponent('x; script-src *')}/s/mine/y.html`);
    expect(odd.headers['content-security-policy']).not.toContain('*');
  });

  test('a page of an entry in a window of its own goes into the viewer; what could run there is saved', async () => {
    const direct = { headers: { 'Sec-Fetch-Dest': 'document' } };
    const page = await http(server, `${homeOf(server, other)}/${other.id}.html`, direct);
    expect(page).toMatchObject({ status: 303, text: '' });
    expect(page.headers.location).toBe(`/s/mine/#${other.n}/alone`);
    const source = `${homeOf(server, other)}/${other.id}/source`;
    const folder = join(server.dir, 's/mine', other.id, 'source');
    for (const name of ['a.svg', 'a.xml', 'a.xhtml', 'a.rss', 'a.xsl', 'a.mht', 'a.svgz', 'a.bin']) {
      writeFileSync(join(folder, name), '<script/>');
      const { headers } = await http(server, `${source}/${name}`, direct);
      expect(headers['content-disposition'], name).toBe('attachment');
    }
    expect((await http(server, `${source}/other.html`, direct)).headers['content-disposition']).toBe('attachment');
    const text = await http(server, `${homeOf(server, entry)}/${entry.id}/source/secret.txt`, direct);
    expect(text.headers['content-disposition']).toBeUndefined();
    expect(text.headers['content-type']).toBe('text/plain; charset=utf-8');
  });
});

describe('the directory', () => {
  const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

  test('is its user’s alone, and so are its socket, its key and its notes', () => {
    for (const part of ['', 's', 's/mine', 'run', 'spool', 'plugins'])
      expect(mode(join(server.dir, part)), part).toBe('700');
    expect(statSync(server.socket).isSocket()).toBe(true);
    for (const file of [
      server.socket,
      join(server.dir, 'run/key'),
      join(server.dir, 'run', `${server.port}.info`),
      join(server.dir, 's/mine/scroll.ndjson'),
    ])
      expect(mode(file), file).toBe('600');
  });

  test('that others may write to is closed to them, and one of another user is refused', async () => {
    const dir = tempDir();
    mkdirSync(join(dir, 'run'));
    mkdirSync(join(dir, 'plugins'));
    for (const part of ['', 'run', 'plugins']) chmodSync(join(dir, part), 0o777);
    const open = await startServer(['run'], { dir });
    expect(['', 'run', 'plugins'].map((part) => mode(join(dir, part)))).toEqual(['755', '700', '755']);
    await open.end();
    if (!isRoot) return;
    chownSync(join(dir, 'plugins'), 65534, 65534);
    const refused = await wp(['run', '--xrender-port', '0', '--http-port', '0'], { dir });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('belongs to another user');
  });
});

/** A login code that nobody has used. */
async function newCode(): Promise<string> {
  const { stdout } = await wp(['open', '--print'], { dir: server.dir });
  return /#login=(\S+)/.exec(stdout)?.[1] ?? '';
}

/** Opens the feed from an origin and asks for a scroll; what came within a moment. */
async function feed(origin: string | undefined, given: string): Promise<{ opened: boolean; messages: FeedMessage[] }> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.httpPort}/api/feed`, {
    origin,
    headers: { Host: `localhost:${server.httpPort}` },
  });
  const messages: FeedMessage[] = [];
  let opened = false;
  const over = new Promise<void>((settle) => {
    socket.once('error', () => settle());
    socket.once('close', () => settle());
    socket.on('message', (data) => {
      messages.push(JSON.parse(String(data)) as FeedMessage);
      settle();
    });
  });
  socket.once('open', () => {
    opened = true;
    socket.send(JSON.stringify({ kind: 'subscribe', token: given, scroll: 'mine' }));
  });
  await within(over, 5000, 'an answer of the feed');
  socket.terminate();
  return { opened, messages };
}
