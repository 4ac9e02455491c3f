import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { isSameUser } from '../transport/peer.ts';
import { viewerPolicy } from './guard.ts';
import type { Library } from './library.ts';
import { redirect } from './responses.ts';
import type { Route } from './route.ts';

/** The pages of the viewer. They contain nothing of any scroll, so they need no login. */
export async function pageRoutes(library: Library): Promise<readonly Route[]> {
  const shell = await readFile(fileURLToPath(new URL('viewer/index.html', import.meta.url)));
  return [
    {
      method: 'GET',
      path: /^\/$/,
      access: 'everyone',
      run: async ({ request, response }) => redirect(response, await homeOf(request, library)),
    },
    { method: 'GET', path: /^\/s$/, access: 'everyone', run: ({ response }) => redirect(response, '/s/') },
    {
      method: 'GET',
      path: /^\/s\/([^/]+)$/,
      access: 'everyone',
      run: ({ response }, match) => redirect(response, `/s/${match[1]}/`),
    },
    {
      method: 'GET',
      path: /^\/s\/([^/]+\/)?$/,
      access: 'everyone',
      run: ({ request, response }) => sendShell(request, response, shell),
    },
    {
      method: 'GET',
      path: /^\/assets\/(viewer\.(?:js|css))$/,
      access: 'everyone',
      run: ({ request, response }, match) => sendAsset(request, response, match[1] ?? ''),
    },
  ];
}

/** Where `/` leads: to the current scroll. Its name is kept from other users of this machine. */
async function homeOf(request: IncomingMessage, library: Library): Promise<string> {
  const isOtherUser = process.platform === 'linux' && !(await isSameUser(request.socket));
  const name = isOtherUser ? undefined : await library.current();
  return name === undefined ? '/s/' : `/s/${encodeURIComponent(name)}/`;
}

function sendShell(request: IncomingMessage, response: ServerResponse, shell: Buffer): void {
  response.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': viewerPolicy(request.headers.host ?? ''),
    'Cache-Control': 'no-cache',
  });
  response.end(request.method === 'HEAD' ? undefined : shell);
}

async function sendAsset(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
  const bytes = await readFile(fileURLToPath(new URL(`viewer/${name}`, import.meta.url)));
  response.writeHead(200, {
    'Content-Type': name.endsWith('.js') ? 'text/javascript; charset=utf-8' : 'text/css; charset=utf-8',
    'Cache-Control': 'no-cache',
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
