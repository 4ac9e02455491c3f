/**
 * `npm run page FILE [-- --type TYPE] [--port PORT]`: shows the page that a format in src/ renders for one file. When
 * FILE or a file in src/ is saved, the page is rendered again and reloaded in the browser.
 *
 * The page is in a sandboxed frame, as in the viewer. It is rendered by `wp xrender` in a process of its own.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import send from 'send';
import { watchBuild } from './watch.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  options: { type: { type: 'string' }, port: { type: 'string', default: '8990' } },
  allowPositionals: true,
});
const file = resolve(positionals[0] ?? '');
if (positionals.length !== 1 || !statSync(file, { throwIfNoEntry: false })) {
  process.stderr.write('page: give one file; npm run page FILE [-- --type TYPE] [--port PORT]\n');
  process.exit(2);
}

const work = mkdtempSync(join(tmpdir(), 'wp-page-'));
const listeners = new Set();
/** The path of the latest page. */
let page = '';

/** Renders the file with the present dist/. Resolves with the path of its page. */
function render() {
  const record = { kind: 'file', path: file, ...(values.type && { type: values.type }) };
  const run = spawn(process.execPath, ['--enable-source-maps', join(root, 'dist/wp.js'), 'xrender', '--dir', work], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  run.stdin.end(`${JSON.stringify(record)}\n`);
  let output = '';
  run.stdout.on('data', (data) => {
    output += data;
  });
  return new Promise((done) => {
    run.on('close', () => {
      const entries = output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
      const entry = entries.findLast(({ kind, page }) => kind === 'entry' && page);
      if (entry?.error) process.stderr.write(`page: ${entry.error}\n`);
      done(entry?.page ?? '');
    });
  });
}

const SHELL = `<!doctype html><meta charset="utf-8"><title>${basename(file).replace(/[<&]/g, '')}</title>
<style>html,body{margin:0;height:100%}iframe{border:0;width:100%;height:100%}</style>
<iframe sandbox="allow-scripts allow-downloads" src="/page"></iframe>
<script>new EventSource('/events').onmessage = () => { document.querySelector('iframe').src = '/page?' + Date.now(); }</script>`;

const server = createServer((request, response) => {
  const path = new URL(request.url, 'http://localhost').pathname;
  // The sandboxed frame has an opaque origin, so its requests are cross-origin.
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Cache-Control', 'no-store');
  if (path === '/') return response.setHeader('Content-Type', 'text/html').end(SHELL);
  if (path === '/events') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    listeners.add(response);
    return response.on('close', () => listeners.delete(response));
  }
  if (path === '/page') return send(request, basename(page), { root: dirname(page) }).pipe(response);
  const folder = path.startsWith('/assets/') ? join(root, 'dist') : dirname(page);
  send(request, path, { root: folder, dotfiles: 'deny' }).pipe(response);
});

await watchBuild(root, {
  files: [file],
  onBuilt: async () => {
    page = await render();
    for (const listener of listeners) listener.write('data: reload\n\n');
  },
});
server.listen(Number(values.port), '127.0.0.1', () => {
  process.stderr.write(`http://localhost:${server.address().port}/\n`);
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    rmSync(work, { recursive: true, force: true });
    process.exit(0);
  });
}
