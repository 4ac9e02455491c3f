import { realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import mime from 'mime';
import send from 'send';
import { isScrollName } from '../model/names.ts';
import { layout } from '../scroll/layout.ts';
import type { Capabilities } from './capability.ts';
import { entryPolicy } from './guard.ts';

/** Types that a browser would run or draw as a page: their text is shown, not they. */
const ACTIVE = new Set(['text/html', 'application/xhtml+xml', 'image/svg+xml', 'text/xml', 'application/xml']);

/** The page of a warm frame: it waits for what it is to show. */
const WARM_PAGE = `<!doctype html><meta charset="utf-8"><script>
addEventListener('message',function on(e){var m=e.data;if(e.source!==parent||!m||m.webpipe!=='write')return;
removeEventListener('message',on);document.open();document.write(m.html);document.close()});
parent.postMessage({webpipe:'warm'},'*')</script>`;

export interface EntryFiles {
  readonly dir: string;
  readonly capabilities: Capabilities;
  /** The folder of static files of the plugin for a type, if there is one. */
  readonly pluginStatic: (type: string) => Promise<string | undefined>;
}

/**
 * Serves `/c/<capability>/s/<scroll>/…`: the page and the files of the one entry that the capability is for, the
 * assets that all pages share, and `/c/<capability>/plugins/<type>/static/…`. Anything else is not found, and it is
 * not told why. Symbolic links out of the entry are not followed.
 */
export async function serveEntryFile(request: IncomingMessage, response: ServerResponse, path: string, files: EntryFiles): Promise<void> {
  const host = request.headers.host ?? '';
  const parts = path.split('/').slice(2).map(decodePart);
  const cap = parts[0] ?? '';
  response.setHeader('Content-Security-Policy', entryPolicy(host, cap.replace(/[^\w]/g, '')));
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Expose-Headers', 'Content-Range, Content-Length, Accept-Ranges');
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  const found = parts.every((part) => part !== undefined && isPlain(part)) ? await locate(parts as string[], files) : undefined;
  if (found === 'frame') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader('Cache-Control', 'no-store');
    response.end(WARM_PAGE);
    return;
  }
  if (!found) return notFound(response);
  const real = await realpath(join(found.root, ...found.path)).catch(() => undefined);
  const root = await realpath(found.root).catch(() => undefined);
  if (!real || !root || !real.startsWith(root + sep) || !(await stat(real)).isFile()) return notFound(response);
  if (request.headers['sec-fetch-dest'] === 'document') {
    if (found.alone) {
      // A page that stands alone could leave by itself, so it is always shown inside the viewer.
      response.writeHead(303, { Location: found.alone }).end();
      return;
    }
    if (ACTIVE.has(mime.getType(real) ?? '')) response.setHeader('Content-Disposition', 'attachment');
  }
  response.setHeader('Content-Type', typeOf(real));
  await new Promise<void>((resolve) => {
    send(request, real.slice(root.length), { root, dotfiles: 'allow', cacheControl: false, index: false })
      .on('headers', (res: ServerResponse) => res.setHeader('Cache-Control', found.shared ? 'max-age=31536000, immutable' : 'no-cache'))
      .on('error', () => notFound(response))
      .on('directory', () => notFound(response))
      .pipe(response);
    response.once('close', resolve);
  });
}

interface Found {
  readonly root: string;
  readonly path: readonly string[];
  readonly shared?: boolean;
  /** Where to see it in the viewer, when it is a page. */
  readonly alone?: string;
}

/** Which file a request may have: `[cap, 's', scroll, …]` or `[cap, 'plugins', type, 'static', …]`. */
async function locate(parts: string[], files: EntryFiles): Promise<Found | 'frame' | undefined> {
  const [cap = '', room, scroll = '', first = '', ...rest] = parts;
  if (room === 'plugins') {
    if (first !== 'static' || !/^[0-9a-f]{64}$|^f[0-9a-f]{48}$/.test(cap)) return undefined;
    const root = await files.pluginStatic(scroll);
    return root ? { root, path: rest } : undefined;
  }
  if (room !== 's' || !isScrollName(scroll)) return undefined;
  if (first === 'frame' && rest.length === 0) return files.capabilities.isSpare(cap, scroll) ? 'frame' : undefined;
  const id = await files.capabilities.open(cap, scroll);
  if (!id) return undefined;
  const home = layout.scroll(files.dir, scroll);
  if (first === 'assets') return { root: join(home, 'assets'), path: rest, shared: true };
  if (first === `${id}.html` && rest.length === 0) return { root: home, path: [first], alone: `/s/${encodeURIComponent(scroll)}/#${id}/alone` };
  if (first === id && rest.length > 0) return { root: join(home, id), path: rest };
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
function isPlain(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..' && !/[/\\\0]/.test(part);
}

/** Text of every kind is UTF-8 until it says otherwise; what has no known ending is bytes. */
function typeOf(path: string): string {
  const type = mime.getType(path) ?? (extname(path) === '' ? 'text/plain' : 'application/octet-stream');
  return type.startsWith('text/') || /json|javascript|xml$/.test(type) ? `${type}; charset=utf-8` : type;
}

function notFound(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('not found\n');
}
