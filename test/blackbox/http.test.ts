/** Files sent by HTTP, with curl and over a bare socket. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, describe, expect, test } from 'vitest';
import { has } from '../client/client.ts';
import { readEntries, sourceOf } from '../support/disk.ts';
import { newId } from '../support/raw.ts';
import { login, watch } from '../support/viewer.ts';
import { root, type Server, start, startServer, tempDir, until, within, wp } from '../support/wp.ts';

let server: Server;
let header = '';
let base = '';
const files = tempDir();
const api = JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, { responses?: Record<string, unknown> }>>;
};

beforeAll(async () => {
  server = await startServer(['run', 'mine', '--xrender-port', '0', '--http-port', '0', '--max-size', '50M']);
  base = `http://localhost:${server.httpPort}/api/scrolls/current/entries`;
  header = join(files, 'header');
  writeFileSync(header, (await wp(['token', '--header'], { dir: server.dir })).stdout);
});

/** Runs curl. Returns the status, the body, and the number of uploaded bytes. */
async function curl(...args: readonly string[]) {
  const line = start('curl', ['-sS', '-w', '\n%{size_upload} %{http_code}', ...args], { dir: files });
  const { stdout, stderr } = await within(line.ended, `curl ${args.join(' ')}`);
  const [, body = '', uploaded = '', status = ''] = /^([\s\S]*)\n(\d+) (\d+)$/.exec(stdout) ?? [];
  return {
    status: Number(status),
    uploaded: Number(uploaded),
    body: body === '' ? undefined : (JSON.parse(body) as Record<string, unknown>),
    stderr,
  };
}
const entry = (n: unknown) =>
  until(`entry ${n}`, () => {
    const found = readEntries(server.dir, 'mine')[Number(n) - 1];
    return found?.status === 'ok' && found;
  });
const content = async (n: unknown) => sourceOf(server.dir, 'mine', (await entry(n)).id);

describe.skipIf(!has('curl'))('with curl', () => {
  test('a file is shown, and the response has its address', async () => {
    const bytes = randomBytes(3_000_000);
    writeFileSync(join(files, 'foo.bin'), bytes);
    const { status, body } = await curl('-H', `@${header}`, '-T', 'foo.bin', `${base}?name=foo.bin&title=by%20curl`);
    expect(status).toBe(201);
    expect(body).toMatchObject({ n: 1, url: `http://localhost:${server.httpPort}/s/mine/#1` });
    expect(await entry(1)).toMatchObject({ name: 'foo.bin', title: 'by curl', type: 'bin', id: body?.id });
    expect((await content(1)).equals(bytes)).toBe(true);
    const posted = await curl('-H', `@${header}`, '--data-binary', 'x,y\n1,2', `${base}?name=a&type=csv&host=there`);
    expect(posted.status).toBe(201);
    expect(await entry(posted.body?.n)).toMatchObject({ type: 'csv', host: 'there' });
  });

  test('any name is accepted as a label, and an empty file can be shown', async () => {
    writeFileSync(join(files, 'empty'), '');
    for (const name of ['two words.txt', 'é "q" \'s\'.txt', 'new\nline.txt', '../../x.txt', '-dash.txt', '%41.txt']) {
      const url = `${base}?name=${encodeURIComponent(name)}`;
      const { status, body } = await curl('-H', `@${header}`, '-T', 'empty', url);
      expect(status, name).toBe(201);
      expect(await entry(body?.n)).toMatchObject({ name, bytes: 0 });
    }
  });

  test('a stream is shown while it arrives', async () => {
    const viewer = await watch(server);
    const line = start('curl', ['-sS', '-H', `@${header}`, '-T', '-', `${base}?name=load.txt`], {
      dir: files,
      input: 'open',
    });
    line.child.stdin?.write('first\n');
    const open = await viewer.entry('the open entry', ({ name, status }) => name === 'load.txt' && status === 'open');
    expect(sourceOf(server.dir, 'mine', open.id).toString()).toBe('first\n');
    line.child.stdin?.write('second\n');
    await viewer.entry('its growth', ({ id, bytes }) => id === open.id && bytes === 13);
    line.child.stdin?.end();
    const { stdout } = await within(line.ended, 'curl');
    expect(JSON.parse(stdout)).toMatchObject({ id: open.id, n: open.n });
    expect((await content(open.n)).toString()).toBe('first\nsecond\n');
  });

  test('a request that is not allowed is refused with one line before the body is sent', async () => {
    writeFileSync(join(files, 'large.bin'), Buffer.alloc(60_000_000));
    writeFileSync(join(files, 'other'), `Authorization: Bearer ${'0'.repeat(8)}.${'0'.repeat(32)}\n`);
    const revoked = join(files, 'revoked');
    writeFileSync(revoked, (await wp(['token', '--header', '--host', 'gone'], { dir: server.dir })).stdout);
    await wp(['token', '--revoke', 'gone'], { dir: server.dir });
    const token = readFileSync(header, 'utf8').trim().split(' ').at(-1);
    const named = `${base}?name=x.txt`;
    const before = readEntries(server.dir, 'mine').length;
    for (const [status, word, ...args] of [
      [401, 'token', named],
      [401, 'token', '-H', '@other', named],
      [401, 'token', '-H', '@revoked', named],
      [401, 'token', `${named}&token=${token}`],
      [403, 'origin', '-H', `@${header}`, '-H', 'Origin: http://evil.example', named],
      [421, 'localhost', '-H', `@${header}`, '-H', 'Host: evil.example', named],
      [413, '60000000 bytes', '-H', `@${header}`, named],
      [400, '"name" is missing', '-H', `@${header}`, base],
      [400, '"name" is empty', '-H', `@${header}`, `${base}?name=`],
      [400, '"colour"', '-H', `@${header}`, `${named}&colour=blue`],
      [400, 'twice', '-H', `@${header}`, `${named}&name=y`],
      [400, '"id" is not 32 hex', '-H', `@${header}`, `${named}&id=7`],
      [400, '"type" is no type', '-H', `@${header}`, `${named}&type=a%2Fb`],
      [409, 'current', '-H', `@${header}`, named.replace('/current/', '/yesterday/')],
    ] as const) {
      const answer = await curl('-T', 'large.bin', ...args);
      expect(answer, String(args)).toMatchObject({ status, body: { error: expect.stringContaining(word) as string } });
      expect(answer.uploaded, String(args)).toBe(0);
    }
    expect((await curl('-H', `@${header}`, '-X', 'DELETE', base)).status).toBe(405);
    expect(readEntries(server.dir, 'mine')).toHaveLength(before);
  });

  test('simultaneous requests do not mix; the same id twice is one entry', async () => {
    const before = readEntries(server.dir, 'mine').length;
    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        curl('-H', `@${header}`, '--data-binary', `body ${i}`, `${base}?name=${i}.txt`),
      ),
    );
    for (const [i, { body }] of responses.entries()) expect((await content(body?.n)).toString()).toBe(`body ${i}`);
    const duplicates = `${base}?name=twice.txt&id=${newId()}`;
    const [one, two] = [
      await curl('-H', `@${header}`, '--data-binary', 'x', duplicates),
      await curl('-H', `@${header}`, '--data-binary', 'x', duplicates),
    ];
    expect(two.body).toEqual(one.body);
    expect(readEntries(server.dir, 'mine')).toHaveLength(before + 21);
  });

  test('a token of wp token can send but not read, and its label is the host of the entry', async () => {
    writeFileSync(
      join(files, 'labelled'),
      (await wp(['token', '--header', '--host', 'the lab'], { dir: server.dir })).stdout,
    );
    const sent = await curl('-H', '@labelled', '--data-binary', 'x', `${base}?name=x.txt&host=elsewhere`);
    expect(await entry(sent.body?.n)).toMatchObject({ host: 'the lab' });
    expect((await curl('-H', '@labelled', base)).status).toBe(401);
    expect((await curl('-H', '@labelled', `http://localhost:${server.httpPort}/api/scrolls`)).status).toBe(401);
    const viewer = `Authorization: Bearer ${await login(server)}`;
    const listed = await curl('-H', viewer, base);
    expect(listed.status).toBe(200);
    expect(listed.body).toHaveLength(readEntries(server.dir, 'mine').length);
    expect((await curl('-H', viewer, base.replace('current', 'nowhere'))).status).toBe(404);
  });

  test('a server that accepts only entries refuses uploads with the reason', async () => {
    const serving = await startServer(['serve', 'only']);
    writeFileSync(join(files, 'serving'), (await wp(['token', '--header'], { dir: serving.dir })).stdout);
    const url = `http://localhost:${serving.httpPort}/api/scrolls/current/entries?name=x`;
    const answer = await curl('-H', '@serving', '--data-binary', 'x', url);
    expect(answer).toMatchObject({ status: 409, body: { error: expect.stringContaining('wp run') as string } });
  });
});

test('an aborted file leaves nothing; an aborted stream keeps what arrived', async () => {
  const before = readEntries(server.dir, 'mine').length;
  const authorization = readFileSync(header, 'utf8').trim();
  const send = async (lines: readonly string[], body: string) => {
    const socket = connect(server.httpPort, '127.0.0.1');
    const head = [`PUT /api/scrolls/current/entries?name=broken.txt HTTP/1.1`, `Host: localhost:${server.httpPort}`];
    socket.write(`${[...head, authorization, ...lines].join('\r\n')}\r\n\r\n${body}`);
    await new Promise((settle) => setTimeout(settle, 150));
    socket.destroy();
  };
  await send(['Content-Length: 100'], 'half');
  await send(['Transfer-Encoding: chunked'], '6\r\nfirst\n\r\n');
  const stream = await until('the stream', () => {
    const all = readEntries(server.dir, 'mine');
    return all.length === before + 1 && all.at(-1)?.status === 'ok' && all.at(-1);
  });
  expect(sourceOf(server.dir, 'mine', stream.id).toString()).toBe('first\n');
});

test.each([
  ['is silent', false],
  ['goes on', true],
])('revoking a token ends a stream that %s; the entry keeps what arrived', async (_, goesOn) => {
  const authorization = (await wp(['token', '--header', '--host', 'leaving'], { dir: server.dir })).stdout.trim();
  const socket = connect(server.httpPort, '127.0.0.1');
  let answer = '';
  socket
    .on('error', () => {})
    .on('data', (text) => {
      answer += String(text);
    });
  const closed = new Promise<void>((settle) => socket.once('close', () => settle()));
  const head = ['PUT /api/scrolls/current/entries?name=leaving.txt HTTP/1.1', `Host: localhost:${server.httpPort}`];
  socket.write(`${[...head, authorization, 'Transfer-Encoding: chunked'].join('\r\n')}\r\n\r\n6\r\nfirst\n\r\n`);
  const { id } = await until('the open entry', () => {
    const last = readEntries(server.dir, 'mine').at(-1);
    return last?.name === 'leaving.txt' && last.status === 'open' && last.bytes === 6 && last;
  });
  await wp(['token', '--revoke', 'leaving'], { dir: server.dir });
  if (goesOn) socket.write('7\r\nsecond\n\r\n');
  await within(closed, 'the end of the connection');
  // The server may have ended the stream before it received more, and then sends no error.
  if (answer !== '') expect(answer).toMatch(/^HTTP\/1.1 401 [\s\S]*this token was revoked/);
  await until('the end of the stream', () =>
    readEntries(server.dir, 'mine').some((entry) => entry.id === id && entry.status === 'ok'),
  );
  expect(sourceOf(server.dir, 'mine', id).toString()).toBe('first\n');
});

test('a stream that becomes too large gets an error, and the entry keeps what arrived', async () => {
  const answer = new Promise<string>((settle, fail) => {
    const upload = request(
      `${base}?name=much.bin`,
      {
        method: 'PUT',
        headers: {
          Authorization: readFileSync(header, 'utf8')
            .trim()
            .replace(/^.*?: /, ''),
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        response.on('end', () => settle(`${response.statusCode} ${text}`));
      },
    );
    upload.on('error', fail);
    const piece = Buffer.alloc(1_000_000);
    for (let i = 0; i < 60; i++) upload.write(piece);
  });
  expect(await within(answer, 'the answer')).toMatch(/^413 .*more than 50000000 bytes/);
});

describe('docs/openapi.json', () => {
  test('is valid OpenAPI, and the server serves it', async () => {
    expect(await new Validator().validate(join(root, 'docs/openapi.json'))).toMatchObject({ valid: true });
    const { status, body } = await curl(`http://localhost:${server.httpPort}/api/openapi.json`);
    expect(status).toBe(200);
    expect(body).toEqual(api);
  });

  test('has exactly the methods and paths that exist', async () => {
    const methods = ['get', 'put', 'post', 'delete', 'patch'];
    for (const [path, item] of Object.entries(api.paths)) {
      const url = `http://localhost:${server.httpPort}${path.replace('{scroll}', 'current').replace('{entry}', '999')}`;
      const described = methods.filter((method) => method in item);
      for (const method of methods) {
        const { status } = await curl('-X', method.toUpperCase(), url);
        if (described.includes(method)) expect(status, `${method} ${path}`).not.toBe(405);
        else expect(status, `${method} ${path}`).toBe(405);
      }
    }
    const source = readFileSync(join(root, 'src/node/server/api.ts'), 'utf8');
    const inCode = [...source.matchAll(/\^\\\/api(\S*?)\$/g)].map(
      ([, rest = '']) =>
        `/api${rest.replaceAll('\\', '').replace('([^/]+)', '{scroll}').replace('([^/]+)', '{entry}')}`,
    );
    expect([...new Set(inCode)].sort()).toEqual(Object.keys(api.paths).sort());
  });
});
