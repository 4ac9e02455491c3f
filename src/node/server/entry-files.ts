import { realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import mime from 'mime';
import send from 'send';
import { isScrollName } from '../../shared/names.ts';
import { WARM_FRAME_SCRIPT } from '../../shared/page-scripts.ts';
import { layout, listScrolls } from '../store/layout.ts';
import type { Capabilities } from './capability.ts';
import { entryConnections, entryPolicy, viewerHost } from './guard.ts';

/**
 * Types that a browser shows in a window of their own without running anything. All others are saved instead: HTML,
 * SVG, and the many kinds of XML, whose scripts would run there and could lead that window elsewhere.
 */
const INERT = /^(?:text\/(?:plain|csv|markdown|css)|image\/(?!svg)|audio\/|video\/|application\/(?:json|pdf)\b)/;

/** The page of a warm frame: it waits for the HTML to show (see `src/web/page-script/warm-frame.ts`). */
const WARM_PAGE = `<!doctype html><meta charset="utf-8"><script>${WARM_FRAME_SCRIPT}</script>`;

/**
 * How files are read. `send` hands its options on to Node's stream, which reads 64 KB at a time if it is not told
 * otherwise: a browser gets two thirds as much in the same time then.
 */
const READING = { dotfiles: 'allow', cacheControl: false, index: false, highWaterMark: 512 * 1024 } as const;

export interface EntryFiles {
  readonly dir: string;
  readonly capabilities: Capabilities;
  /** The folder of static files of the plugin for a type, if there is one. */
  readonly pluginStatic: (type: string) => Promise<string | undefined>;
  /** The number of an entry in its scroll. */
  readonly numberOf: (scroll: string, id: string) => Promise<number | undefined>;
}

/**
 * Serves `/c/<capability>/s/<scroll>/…`: the page and the files of the one entry that the capability is for, the
 * assets that all pages share, and `/c/<capability>/plugins/<type>/static/…`. Anything else is not found, and it is
 * not told why; `/c/` itself is empty. Symbolic links out of the entry are not followed.
 */
export async function serveEntryFile(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  files: EntryFiles,
): Promise<void> {
  const host = request.headers.host ?? '';
  const parts = path.split('/').slice(2).map(decodePart);
  const cap = parts[0] ?? '';
  const word = cap.replace(/[^\w]/g, '');
  response.setHeader('Content-Security-Policy', entryPolicy(host, word));
  response.setHeader('Connection-Allowlist', entryConnections(host, word));
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Expose-Headers', 'Content-Range, Content-Length, Accept-Ranges');
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  // The viewer asks only whether this name leads here.
  if (path === '/c/') return void response.writeHead(204).end();
  const found = parts.every(isPlain) ? await locate(parts, files) : undefined;
  if (found === 'frame') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader('Cache-Control', 'no-store');
    response.end(WARM_PAGE);
    return;
  }
  if (!found) return notFound(response);
  const root = await realpath(found.root).catch(() => undefined);
  const real = await realpath(join(found.root, ...found.path)).catch(() => undefined);
  // The entry's own folder and page are ours and no links, else they would take us along.
  const inside = join(root ?? '', found.within ?? '');
  if (!root || !real || !(real === inside || real.startsWith(inside + sep)) || !(await stat(real)).isFile())
    return notFound(response);
  if (request.headers['sec-fetch-dest'] === 'document') {
    if (found.page) {
      // A page that stands alone could leave by itself, so it is always shown inside the viewer.
      const { scroll, id } = found.page;
      const n = await files.numberOf(scroll, id);
      const fragment = n === undefined ? '' : `#${n}/alone`;
      response
        .writeHead(303, { Location: `http://${viewerHost(host)}/s/${encodeURIComponent(scroll)}/${fragment}` })
        .end();
      return;
    }
    if (!INERT.test(typeOf(real))) response.setHeader('Content-Disposition', 'attachment');
  }
  response.setHeader('Content-Type', typeFor(request, typeOf(real)));
  // `send` decodes what it is given: a name with a per cent sign in it would become another name.
  const url = real.slice(root.length).split(sep).map(encodeURIComponent).join('/');
  await new Promise<void>((resolve) => {
    send(request, url, { root, ...READING })
      .on('headers', (res: ServerResponse) =>
        res.setHeader('Cache-Control', found.shared ? 'max-age=31536000, immutable' : 'no-cache'),
      )
      .on('error', () => notFound(response))
      .on('directory', () => notFound(response))
      .pipe(response);
    response.once('close', resolve);
  });
}

interface Found {
  /** A directory that may be a link: the user has put it there. */
  readonly root: string;
  readonly path: readonly string[];
  /** The name below `root` that the file must be, or be in, when all links have been followed. */
  readonly within?: string;
  readonly shared?: boolean;
  /** The entry whose page it is, when it is a page. */
  readonly page?: { readonly scroll: string; readonly id: string };
}

/** Which file a request may have: `[cap, 's', scroll, …]` or `[cap, 'plugins', type, 'static', …]`. */
async function locate(parts: string[], files: EntryFiles): Promise<Found | 'frame' | undefined> {
  const [cap = '', room, scroll = '', first = '', ...rest] = parts;
  if (room === 'plugins') {
    if (first !== 'static' || !isScrollName(scroll)) return undefined;
    const scrolls = (await listScrolls(files.dir)).map(({ name }) => name);
    if (!(await files.capabilities.opensAny(cap, scrolls))) return undefined;
    const root = await files.pluginStatic(scroll);
    return root ? { root, path: rest } : undefined;
  }
  if (room !== 's' || !isScrollName(scroll)) return undefined;
  if (first === 'frame' && rest.length === 0) return files.capabilities.isSpare(cap, scroll) ? 'frame' : undefined;
  const id = await files.capabilities.open(cap, scroll);
  if (!id) return undefined;
  const root = layout.scroll(files.dir, scroll);
  if (first === 'assets') return { root, path: [first, ...rest], within: first, shared: true };
  if (first === `${id}.html` && rest.length === 0) return { root, path: [first], within: first, page: { scroll, id } };
  if (first === id && rest.length > 0) return { root, path: [first, ...rest], within: first };
  return undefined;
}

function decodePart(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** A part of a path that names something in its folder and nothing elsewhere. */
function isPlain(part: string | undefined): part is string {
  return part !== undefined && part !== '' && part !== '.' && part !== '..' && !/[/\\\0]/.test(part);
}

/** Text of every kind is UTF-8 until it says otherwise; what has no known ending is bytes. */
function typeOf(path: string): string {
  const type = mime.getType(path) ?? (extname(path) === '' ? 'text/plain' : 'application/octet-stream');
  return type.startsWith('text/') || /json|javascript|xml$/.test(type) ? `${type}; charset=utf-8` : type;
}

/** A picture may be called `a.log`, and shown as one by --type: browsers refuse one that is said to be text. */
function typeFor(request: IncomingMessage, type: string): string {
  const isSeen = /^(?:image|audio|video)$/.test(String(request.headers['sec-fetch-dest']));
  return isSeen && type.endsWith('; charset=utf-8') && !type.startsWith('image/') ? 'application/octet-stream' : type;
}

function notFound(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('not found\n');
}
