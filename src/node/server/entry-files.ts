import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import mime from 'mime';
import { isScrollName } from '../../shared/names.ts';
import { WARM_FRAME_SCRIPT } from '../../shared/page-scripts.ts';
import { type OpenFile, openFileBelow } from '../directory/open-file.ts';
import type { Capabilities } from './capability.ts';
import { entryConnections, entryPolicy, viewerHost } from './guard.ts';
import type { Library } from './library.ts';
import { sendFile } from './send-file.ts';

/**
 * Types that a browser shows in a window of their own without running anything. All others are saved instead: scripts in
 * HTML, SVG and other XML would run there and could lead the window to another site.
 */
const INERT = /^(?:text\/(?:plain|csv|markdown|css)|image\/(?!svg)|audio\/|video\/|application\/(?:json|pdf)\b)/;

/** The page of a warm frame: it waits for the HTML to show (see `src/web/page-script/warm-frame.ts`). */
const WARM_PAGE = `<!doctype html><meta charset="utf-8"><script>${WARM_FRAME_SCRIPT}</script>`;

export interface EntryFilesOptions {
  readonly library: Library;
  readonly capabilities: Capabilities;
  /** The path of the static files of the plugin for a type, if it has some. */
  readonly pluginStatic: (type: string) => Promise<string | undefined>;
}

/**
 * Serves `/c/<capability>/s/<scroll>/…`: the page and the files of the one entry that the capability is for, the assets
 * that all pages share, and `/c/<capability>/plugins/<type>/static/…`. Everything else is 404 without a reason; `/c/`
 * itself is empty.
 */
export async function serveEntryFile(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  options: EntryFilesOptions,
): Promise<void> {
  const host = request.headers.host ?? '';
  const parts = path.split('/').slice(2).map(decodePart);
  const cap = (parts[0] ?? '').replace(/[^\w]/g, '');
  response.setHeader('Content-Security-Policy', entryPolicy(host, cap));
  response.setHeader('Connection-Allowlist', entryConnections(host, cap));
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Expose-Headers', 'Content-Range, Content-Length, Accept-Ranges');
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  // The viewer requests this to find out whether the host name leads to this server.
  if (path === '/c/') return void response.writeHead(204).end();
  const target = parts.every((part) => part !== undefined) ? await locate(parts, options) : undefined;
  if (target === undefined) return notFound(response);
  if (target.kind === 'warm frame') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader('Cache-Control', 'no-store');
    return void response.end(WARM_PAGE);
  }
  try {
    await sendTarget(request, response, target);
  } finally {
    await target.file.close();
  }
}

async function sendTarget(
  request: IncomingMessage,
  response: ServerResponse,
  target: Exclude<Target, { readonly kind: 'warm frame' }>,
): Promise<void> {
  const { file } = target;
  if (request.headers['sec-fetch-dest'] === 'document') {
    // A page in a window of its own could navigate away, so the viewer shows it instead.
    if (target.kind === 'page') {
      const { scroll, n } = target;
      const host = viewerHost(request.headers.host ?? '');
      const location = `http://${host}/s/${encodeURIComponent(scroll)}/#${n}/alone`;
      return void response.writeHead(303, { Location: location }).end();
    }
    if (!INERT.test(typeOf(file.name))) response.setHeader('Content-Disposition', 'attachment');
  }
  response.setHeader('Content-Type', typeFor(request, typeOf(file.name)));
  const isImmutable = target.kind === 'asset';
  response.setHeader('Cache-Control', isImmutable ? 'max-age=31536000, immutable' : 'no-cache');
  await sendFile(request, response, file);
}

/** What a path under `/c/` leads to. */
type Target =
  | { readonly kind: 'warm frame' }
  | { readonly kind: 'page'; readonly file: OpenFile; readonly scroll: string; readonly n: number }
  /** Shared by all pages; its name contains a hash of its contents. */
  | { readonly kind: 'asset'; readonly file: OpenFile }
  | { readonly kind: 'file'; readonly file: OpenFile };

/** @param parts `[capability, 's', scroll, …]` or `[capability, 'plugins', type, 'static', …]` */
async function locate(parts: readonly string[], options: EntryFilesOptions): Promise<Target | undefined> {
  const [cap = '', kind, name = '', first = '', ...rest] = parts;
  if (!isScrollName(name)) return undefined;
  if (kind === 'plugins') return first === 'static' ? pluginFile(cap, name, rest, options) : undefined;
  if (kind !== 's') return undefined;
  const { capabilities } = options;
  if (first === 'frame' && rest.length === 0)
    return capabilities.isSpare(cap, name) ? { kind: 'warm frame' } : undefined;
  const id = await capabilities.open(cap, name);
  return id === undefined ? undefined : scrollFile(name, id, first, rest, options.library);
}

async function scrollFile(
  scroll: string,
  id: string,
  first: string,
  rest: readonly string[],
  library: Library,
): Promise<Target | undefined> {
  const opened = await library.open(scroll);
  if (!opened) return undefined;
  try {
    const { files } = opened.scroll;
    const entry = opened.scroll.entry(id);
    if (!entry || entry.deleted) return undefined;
    if (first === 'assets') return target('asset', await files.asset(rest));
    if (first === id && rest.length > 0) return target('file', await files.entryFile(id, rest));
    if (first !== `${id}.html` || rest.length > 0) return undefined;
    const file = await files.page(id);
    return file && { kind: 'page', file, scroll, n: entry.n };
  } finally {
    opened.release();
  }
}

async function pluginFile(
  cap: string,
  type: string,
  path: readonly string[],
  { library, capabilities, pluginStatic }: EntryFilesOptions,
): Promise<Target | undefined> {
  if (!(await capabilities.opensAny(cap, await library.names()))) return undefined;
  const root = await pluginStatic(type);
  return root === undefined ? undefined : target('file', await openFileBelow(root, path));
}

function target(kind: 'asset' | 'file', file: OpenFile | undefined): Target | undefined {
  return file && { kind, file };
}

function decodePart(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** The media type of a file, by its name. Text is UTF-8; a file without a known extension is binary. */
function typeOf(name: string): string {
  const type = mime.getType(name) ?? (extname(name) === '' ? 'text/plain' : 'application/octet-stream');
  return type.startsWith('text/') || /json|javascript|xml$/.test(type) ? `${type}; charset=utf-8` : type;
}

/** With `--type` a picture may be called `a.log`; browsers refuse an image, audio or video that is served as text. */
function typeFor(request: IncomingMessage, type: string): string {
  const isMedia = /^(?:image|audio|video)$/.test(String(request.headers['sec-fetch-dest']));
  return isMedia && type.endsWith('; charset=utf-8') && !type.startsWith('image/') ? 'application/octet-stream' : type;
}

function notFound(response: ServerResponse): void {
  response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('not found\n');
}
