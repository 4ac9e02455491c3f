/** Access to the viewer's port by other sites, other users and other host names, and access to the directory. */
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { FeedEntry, FeedMessage } from '../../src/shared/feed.ts';
import { type Answer, http, login } from '../support/viewer.ts';
import { type Server, startServer, tempDir, within, wp } from '../support/wp.ts';
import { asNobody, exchange, filesUrlOf, isRoot, SECRET, startTestServer } from './support.ts';

const CAPABILITY = /[0-9a-f]{64}/;

let server: Server;
let token: string;
let entry: FeedEntry;
beforeAll(async () => {
  ({ server, token, entry } = await startTestServer());
});

const bearer = () => ({ Authorization: `Bearer ${token}` });
const ownerHeaders = () => `http://localhost:${server.httpPort}`;
const POST = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' };

/** Expects that a response contains no secret. */
function expectNothing(answer: Answer): void {
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.text).not.toContain(SECRET);
  expect(answer.text).not.toContain(token);
  expect(answer.text).not.toContain('mine');
  expect(answer.text).not.toMatch(CAPABILITY);
}
/** Expects that requests with these headers get this status, no content and no login. */
async function expectRefused(paths: string[], headers: Record<string, string>, status: number): Promise<void> {
  for (const path of paths) {
    const answer = await http(server, path, { headers });
    expect(answer.status, path).toBe(status);
    expectNothing(answer);
  }
  expectNothing(await http(server, '/api/login', { ...POST, headers: { ...POST.headers, ...headers } }));
}

describe("access to the viewer's port", () => {
  test('it listens on loopback only', () => {
    const ownSockets = new Set(
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
    const listeners = rows
      .map((row) => row.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => ownSockets.has(inode) && (state === '0A' || state === '07'));
    const addresses = listeners.map(([, local = '']) => local.split(':')[0]);
    expect(listeners.length).toBeGreaterThanOrEqual(2);
    for (const address of addresses) expect(['0100007F', '00000000000000000000000001000000']).toContain(address);
  });

  test.each([
    'evil.example',
    'evil.example:PORT',
    'localhost',
    'localhost:1',
    'x.y.localhost:PORT',
    'x.localhost',
    'x.127.0.0.1:PORT',
    '127.0.0.1.nip.io:PORT',
    '0.0.0.0:PORT',
  ])('a request for the host name %s gets no data', async (name) => {
    const headers = { ...bearer(), Host: name.replace('PORT', String(server.httpPort)) };
    const paths = [
      '/',
      '/s/mine/',
      '/api/scrolls',
      `${filesUrlOf(server, entry)}/${entry.id}.html`,
      '/assets/viewer.js',
    ];
    await expectRefused(paths, headers, 421);
  });

  test('the host name of an entry serves files of entries only', async () => {
    const host = `e${entry.id}.localhost:${server.httpPort}`;
    const headers = { ...bearer(), Host: host };
    expect((await http(server, `${filesUrlOf(server, entry)}/${entry.id}.html`, { headers })).status).toBe(200);
    const paths = ['/', '/s/mine/', '/api/scrolls', '/assets/viewer.js', '/api/openapi.json'];
    await expectRefused(paths, headers, 404);
    // A page under that host name is not the viewer.
    expectNothing(await http(server, '/api/scrolls', { headers: { ...bearer(), Origin: `http://${host}` } }));
    expect(await feed(`http://${host}`, token)).toMatchObject({ opened: false, messages: [] });
  });

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
    const requested = await http(server, '/api/scrolls', { method: 'OPTIONS', headers });
    expect(requested.headers['access-control-allow-origin']).toBeUndefined();
    expect(await feed(headers.Origin, token)).toMatchObject({ opened: false, messages: [] });
  });

  test('a request without an origin needs the token too', async () => {
    expectNothing(await http(server, '/api/scrolls'));
    for (const wrong of ['', 'x', token.slice(1), `${token}0`, token.toUpperCase()])
      expectNothing(await http(server, '/api/scrolls', { headers: { Authorization: `Bearer ${wrong}` } }));
    expect((await http(server, '/api/scrolls', { headers: bearer() })).text).toContain('mine');
    expect(await feed(undefined, token)).toMatchObject({ opened: false, messages: [] });
  });

  test('the feed sends nothing without the token', async () => {
    expect((await feed(ownerHeaders(), token)).messages[0]).toMatchObject({ kind: 'snapshot' });
    for (const wrong of ['', 'x', token.slice(1), `${token}0`]) {
      const { messages } = await feed(ownerHeaders(), wrong);
      expect(messages).toEqual([{ kind: 'error', message: 'login' }]);
    }
    const socket = new WebSocket(`ws://127.0.0.1:${server.httpPort}/api/feed`, {
      origin: ownerHeaders(),
      headers: { Host: 'evil.example' },
    });
    await new Promise((settle) => socket.once('error', settle).once('open', () => settle(undefined)));
    expect(socket.readyState).not.toBe(WebSocket.OPEN);
  });

  test('the same user is logged in without a code; a form, which any page can submit, is refused', async () => {
    expect(token).toMatch(/^[0-9a-f]{32}$/);
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data', ''])
      expectNothing(await http(server, '/api/login', { ...POST, headers: { 'Content-Type': type } }));
    for (const body of ['', '{', `{"code":"${'x'.repeat(10_000)}"}`, '{"code":""}', '{"code":null}', '{"code":[]}'])
      expectNothing(await http(server, '/api/login', { ...POST, body }));
  });

  test.runIf(isRoot)('another user is not logged in', async () => {
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

  test('a login code works once, and only until its server exits', async () => {
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

  test('GET and HEAD change nothing, and other methods are refused', async () => {
    const journal = () => readFileSync(join(server.dir, 's/mine/scroll.ndjson'), 'utf8');
    const before = journal();
    for (const path of [
      '/api/login',
      '/api/login?code=x',
      '/api/scrolls',
      '/s/mine/',
      `${filesUrlOf(server, entry)}/${entry.id}.html`,
    ]) {
      for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])
        expect((await http(server, path, { method, headers: method === 'HEAD' ? {} : bearer() })).text).not.toContain(
          token,
        );
    }
    expect((await http(server, '/api/login')).status).toBe(405);
    expect((await http(server, '/api/scrolls', { method: 'POST', headers: bearer() })).status).toBe(405);
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
  ])('the malformed request "%s" is refused or dropped and reveals nothing', async (line) => {
    const answer = await exchange(
      server.httpPort,
      `${line} HTTP/1.1\r\nHost: localhost:${server.httpPort}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).not.toMatch(/^HTTP\/1.1 5/);
    expect(answer).not.toContain(SECRET);
    expect(answer).not.toMatch(CAPABILITY);
  });
});
describe('the directory', () => {
  const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

  test('is private to its user, including its socket, key and notes', () => {
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

  test('is made private if others can write to it, and is refused if it belongs to another user', async () => {
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

/** Returns an unused login code. */
async function newCode(): Promise<string> {
  const { stdout } = await wp(['open', '--print'], { dir: server.dir });
  return /#login=(\S+)/.exec(stdout)?.[1] ?? '';
}

/** Opens the feed from an origin and subscribes to a scroll. Returns what arrives within a short time. */
async function feed(
  origin: string | undefined,
  feedMessages: string,
): Promise<{ opened: boolean; messages: FeedMessage[] }> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.httpPort}/api/feed`, {
    origin,
    headers: { Host: `localhost:${server.httpPort}` },
  });
  const messages: FeedMessage[] = [];
  let opened = false;
  const answered = new Promise<void>((settle) => {
    socket.once('error', () => settle());
    socket.once('close', () => settle());
    socket.on('message', (data) => {
      messages.push(JSON.parse(String(data)) as FeedMessage);
      settle();
    });
  });
  socket.once('open', () => {
    opened = true;
    socket.send(JSON.stringify({ kind: 'subscribe', token: feedMessages, scroll: 'mine' }));
  });
  await within(answered, 'an answer of the feed');
  socket.terminate();
  return { opened, messages };
}
