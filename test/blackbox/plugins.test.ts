import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { pageOf, sourceOf } from '../support/disk.ts';
import { http, type Viewer, watch } from '../support/viewer.ts';
import { type Server, startServer, tempDir, until, wp } from '../support/wp.ts';

let server: Server;
let viewer: Viewer;
const cwd = tempDir();

/** How a plugin may fail, and the error that the entry shows. */
const FAILURES: readonly (readonly [what: string, script: string, error: RegExp])[] = [
  ['ends with an error', 'echo "it is <b>broken</b>" >&2; exit 3', /ended with code 3/],
  ['is killed', 'kill -9 $$', /ended by SIGKILL/],
  ['writes nothing', 'exit 0', /wrote no /],
  ['writes elsewhere', 'echo x >../elsewhere.html; echo x >elsewhere.html', /wrote no /],
  ['makes its page a link', 'ln -s /etc/passwd "$2.html"', /not a plain file/],
  ['makes its page a directory', 'mkdir "$2.html"', /not a plain file/],
  ['floods both outputs', 'head -c 200000000 /dev/zero; head -c 50000000 /dev/zero | tr "\\0" y >&2; exit 1', /code 1/],
];

beforeAll(async () => {
  server = await startServer();
  viewer = await watch(server);
  for (const [i, [, script]] of FAILURES.entries()) plugin(`bad${i}`, `#!/bin/sh\n${script}\n`);
  plugin('nowhere', '#!/nowhere/interpreter\n');
  plugin('name', '#!/bin/sh\nprintf "%s" "$WP_NAME" >"$2.html"\n');
  plugin('child', `#!/bin/sh\nsleep 987 &\necho $! >${cwd}/pid\necho page >"$2.html"\n`);
});

function plugin(type: string, script: string): void {
  const folder = join(server.dir, 'plugins', type);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'render'), script, { mode: 0o755 });
}

/** Shows a file and waits until its entry is rendered or failed. */
async function show(name: string, content = 'content\n') {
  writeFileSync(join(cwd, name), content);
  const { stdout, stderr, code } = await wp(['show', name], { dir: server.dir, cwd });
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  const n = Number(stdout.split('#')[1]);
  return viewer.entry(`entry ${n}`, (entry) => entry.n === n && entry.status !== 'accepted');
}

const fetchFile = (cap: string, path: string) => http(server, `/c/${cap}/${path}`);

test('a plugin has a page, assets, static files and an environment', async () => {
  plugin(
    'demo',
    `#!/bin/sh
mkdir "$2"
printf '%s|' "$WP_TYPE" "$WP_NAME" "$WP_HOST" "$WP_ID" "$PWD" "$#" >"$2/env.txt"
id=$(basename "$2")
echo "<!doctype html><html><head><title>x</title></head><body>it says $(cat "$1")" >"$2.html"
echo "<script src='$id/../../../plugins/demo/static/x.js'></script></body></html>" >>"$2.html"
echo "$2.html"; echo "$2/"
`,
  );
  mkdirSync(join(server.dir, 'plugins/demo/static'));
  writeFileSync(join(server.dir, 'plugins/demo/static/x.js'), 'var x = 1\n');
  writeFileSync(join(server.dir, 'plugins/demo/secret'), 'not for the page\n');
  const entry = await show('a b.demo', 'hello');
  expect(entry).toMatchObject({ status: 'ok', type: 'demo', name: 'a b.demo' });
  const page = await viewer.page(entry);
  expect(page).toContain('it says hello');
  // The page also contains webpipe's page script.
  expect(page).toMatch(/<head><script>.*ResizeObserver/s);
  const [type, name, host, id, pwd, count] = (
    await fetchFile(entry.cap, `s/${server.scroll}/${entry.id}/env.txt`)
  ).text.split('|');
  expect({ type, name, host, id, count }).toEqual({
    type: 'demo',
    name: 'a b.demo',
    host: entry.host,
    id: entry.id,
    count: '2',
  });
  expect(pwd?.startsWith(join(server.dir, 'spool'))).toBe(true);
  expect((await fetchFile(entry.cap, 'plugins/demo/static/x.js')).text).toBe('var x = 1\n');
  for (const path of ['plugins/demo/static/../secret', 'plugins/demo/secret', 'plugins/demo/static/%2e%2e/secret']) {
    expect((await fetchFile(entry.cap, path)).text, path).not.toContain('not for the page');
  }
  expect(sourceOf(server.dir, server.scroll, entry.id).toString()).toBe('hello');
});

test('hostile names are passed as arguments, not to a shell', async () => {
  const name = `$(touch pwned) ";' \n -x.name`;
  const entry = await show(name);
  expect(entry).toMatchObject({ status: 'ok', name });
});

test('a plugin comes before a built-in format', async () => {
  plugin('txt', '#!/bin/sh\necho mine >"$2.html"\n');
  const entry = await until('the plugin is used', async () => {
    const one = await show('a.txt');
    return pageOf(server.dir, server.scroll, one.id).includes('mine') && one;
  });
  expect(entry.status).toBe('ok');
});

test.each(FAILURES.map(([what], i) => [what, i] as const))(
  'the entry shows the error if the plugin %s',
  async (_, i) => {
    const [, script, error] = FAILURES[i] ?? ['', '', /^$/];
    const entry = await show(`x.bad${i}`);
    expect(entry.status).toBe('failed');
    expect(entry.error).toMatch(error);
    const page = await viewer.page(entry);
    expect(page).toContain('could not be rendered');
    expect(page).not.toContain('root:');
    expect(page.length).toBeLessThan(200_000);
    if (script.includes('broken')) {
      expect(page).toContain('it is &#60;b&#62;broken');
      expect(page).not.toContain('<b>broken');
    }
    expect(sourceOf(server.dir, server.scroll, entry.id).toString()).toBe('content\n');
  },
);

test('the entry shows the error if the plugin cannot be started', async () => {
  const entry = await show('x.nowhere');
  expect(entry).toMatchObject({ status: 'failed', error: expect.stringContaining('could not be started') });
});

test('a child that the plugin leaves running is killed', async () => {
  const entry = await show('x.child');
  expect(entry.status).toBe('ok');
  const pid = readFileSync(join(cwd, 'pid'), 'utf8').trim();
  await until('the end of the child', () => {
    try {
      process.kill(Number(pid), 0);
      return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z');
    } catch {
      return true;
    }
  });
});
