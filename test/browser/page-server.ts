import { createReadStream, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { formats } from '../../src/formats/index.ts';

export { sharedBrowser } from '../support/browser.ts';

const ID = '0123456789abcdef0123456789abcdef';
/** The built assets: their file names by the names that pages use. */
const ASSETS = resolve(import.meta.dirname, '../../dist/assets');
const manifest = JSON.parse(readFileSync(join(ASSETS, 'manifest.json'), 'utf8')) as Record<string, string>;

export interface PageServer {
  /** The URL of a page with the rendered page in a sandboxed frame, as in the viewer. */
  readonly framed: string;
  /** The URL of the rendered page alone. */
  readonly alone: string;
  /** The number of requests for the original, and the bytes sent in response. */
  readonly requestCounts: { requests: number; bytes: number };
  close(): Promise<void>;
}

/** Renders `path` as `type` with the real renderer and serves the page, its assets and the original, as a static server would. */
export async function servePage(
  type: string,
  path: string,
  options: { open?: boolean; origin?: string; ranges?: boolean; cors?: boolean } = {},
): Promise<PageServer> {
  const dir = await mkdtemp(join(tmpdir(), 'webpipe-page-'));
  await mkdir(join(dir, ID, 'source'), { recursive: true });
  await symlink(resolve(path), join(dir, ID, 'source/original'));
  const renderer = await formats.find((info) => info.types.includes(type))?.load();
  await renderer?.default.render(
    {
      path,
      name: 'original',
      type,
      host: 'here',
      bytes: (await stat(path)).size,
      open: options.open ?? false,
      source: `${ID}/source/original`,
      ...(options.origin ? { origin: options.origin } : {}),
    },
    {
      dir: join(dir, ID),
      href: ID,
      asset: (name) => {
        if (!manifest[name]) throw new Error(`dist/assets has no ${name}`);
        return `assets/${manifest[name]}`;
      },
      page: (html) => writeFile(join(dir, 'page.html'), html),
    },
  );
  await symlink(ASSETS, join(dir, 'assets'));
  await writeFile(
    join(dir, 'frame.html'),
    '<!doctype html><body style="margin:0"><iframe sandbox="allow-scripts allow-downloads" src="page.html" ' +
      'style="border:0;width:100%;height:600px"></iframe>',
  );
  const requestCounts = { requests: 0, bytes: 0 };
  const server = createServer((request, response) => void answer(dir, request, response, requestCounts, options));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    framed: `${base}/frame.html`,
    alone: `${base}/page.html`,
    requestCounts,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wav': 'audio/wav',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.mp4': 'video/mp4',
  '.mov': 'video/quicktime',
  '.webm': 'video/webm',
};

/** The content security policy that the real server sends with pages of entries. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' blob: 'self'; " +
  "style-src 'unsafe-inline' 'self'; font-src 'self' data: blob:; img-src 'self' data: blob:; " +
  "media-src 'self' data: blob:; connect-src 'self' data: blob:; worker-src blob:; frame-src 'self'";

async function answer(
  dir: string,
  request: IncomingMessage,
  response: ServerResponse,
  requestCounts: PageServer['requestCounts'],
  { ranges = true, cors = true }: { ranges?: boolean; cors?: boolean },
): Promise<void> {
  const path = join(dir, decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname));
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) return void response.writeHead(404).end();
  const own = new URL(request.url ?? '/', `http://${request.headers.host}`).origin;
  const headers: Record<string, string> = {
    ...(cors && { 'Access-Control-Allow-Origin': '*' }),
    'Access-Control-Allow-Headers': 'Range',
    'Access-Control-Expose-Headers': 'Content-Range, Content-Length, Accept-Ranges',
    ...(ranges && { 'Accept-Ranges': 'bytes' }),
    'Content-Security-Policy': POLICY.replaceAll("'self'", own),
    'Content-Type': TYPES[extname(await realpath(path))] ?? 'text/plain',
  };
  if (request.method === 'OPTIONS') return void response.writeHead(204, headers).end();
  const range = ranges ? /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') : null;
  const start = range ? Number(range[1]) : 0;
  const end = range?.[2] ? Math.min(Number(range[2]), info.size - 1) : info.size - 1;
  if (range && start >= info.size)
    return void response.writeHead(416, { ...headers, 'Content-Range': `bytes */${info.size}` }).end();
  if (path.includes('/source/')) {
    requestCounts.requests++;
    requestCounts.bytes += end + 1 - start;
  }
  if (range) headers['Content-Range'] = `bytes ${start}-${end}/${info.size}`;
  response.writeHead(range ? 206 : 200, { ...headers, 'Content-Length': String(end + 1 - start) });
  if (info.size === 0) return void response.end();
  const stream = createReadStream(path, { start, end });
  stream.on('error', () => response.destroy());
  response.on('close', () => stream.destroy());
  stream.pipe(response);
}
