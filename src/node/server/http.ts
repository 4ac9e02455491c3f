import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { hasCode, messageOf } from '../../shared/errors.ts';
import { isSameUser } from '../transport/peer.ts';
import { json, jsonOf, redirect } from './answers.ts';
import { Capabilities } from './capability.ts';
import { serveEntryFile } from './entry-files.ts';
import { serveFeed } from './feed.ts';
import { bearerOf, COMMON_HEADERS, hostsOf, isEntryHost, isOurHost, isOurOrigin, viewerPolicy } from './guard.ts';
import type { Key } from './key.ts';
import type { Library } from './library.ts';
import { Logins, viewerPurpose } from './login.ts';
import { Tokens } from './tokens.ts';
import { takeUpload, type UploadOptions } from './upload.ts';

/** Connections at one time on each address: whoever fills them does not use up the files that others need to open. */
const MAX_CONNECTIONS = 512;

const ENTRIES = /^\/api\/scrolls\/([^/]+)\/entries$/;
/** What all of `/api` is, for those who write clients. */
const description = fileURLToPath(new URL('../docs/openapi.json', import.meta.url));

export interface HttpOptions {
  readonly dir: string;
  readonly port: number;
  readonly key: Key;
  /** When this server began, as its info file says: login codes are for one start. */
  readonly boot: string;
  readonly library: Library;
  readonly pluginStatic: (type: string) => Promise<string | undefined>;
  /** Takes the files that are sent by HTTP. */
  readonly upload: UploadOptions;
  readonly warn: (line: string) => void;
}

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** What a token of `wp token` says of who has it; undefined for the viewer's. */
  readonly admission?: Admission | undefined;
}

type Admission = NonNullable<Awaited<ReturnType<Tokens['admit']>>>;

/**
 * Serves the viewer, its API and the entries' files on loopback, IPv4 and, where it is there, IPv6.
 * @throws the system's error, `EADDRINUSE` for a taken port
 */
export async function serveHttp(options: HttpOptions): Promise<HttpServer> {
  const capabilities = new Capabilities(options.key);
  const logins = new Logins(options.key, options.boot);
  const purpose = viewerPurpose(options.boot);
  const token = options.key.sign(purpose);
  const authorize = (given: string) => options.key.verify(purpose, given);
  const tokens = await Tokens.of(options.dir);
  /** Requests whose sender waits for the word to go on with the body. */
  const waiting = new WeakSet<IncomingMessage>();
  const shell = await readFile(fileURLToPath(new URL('viewer/index.html', import.meta.url)));
  let hosts = hostsOf(options.port);

  const login = async ({ request, response }: Exchange): Promise<void> => {
    const body = await jsonOf(request);
    if (body === undefined) return json(response, 400, { error: 'the body is to be a small JSON object' });
    const code = typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : undefined;
    const allowed = code !== undefined ? logins.take(code) : await isSameUser(request.socket);
    if (allowed) json(response, 200, { token });
    else
      json(response, 401, {
        error:
          code === undefined
            ? 'login with the link that "wp open --print" gives'
            : 'this link has been used or is too old; "wp open" makes another',
      });
  };

  const upload = async ({ request, response, url, admission }: Exchange, match: RegExpExecArray): Promise<void> => {
    const name = decode(match[1]);
    const own = await options.library.current();
    if (name !== 'current' && !(name === own && options.library.isOwn(name)))
      return json(response, 409, { error: 'only the scroll that is running takes files: call it "current"' });
    const { host, valid = async () => true } = admission ?? {};
    await takeUpload({ request, response, url, host, valid, waits: waiting.has(request) }, options.upload);
  };

  const entries = async ({ response }: Exchange, match: RegExpExecArray): Promise<void> => {
    const name = decode(match[1]);
    const used = await options.library.use(name === 'current' ? ((await options.library.current()) ?? '') : name);
    if (!used) return json(response, 404, { error: 'there is no such scroll' });
    json(
      response,
      200,
      used.scroll.entries.filter((entry) => !entry.deleted),
    );
    used.release();
  };

  const routes: readonly {
    method: string;
    path: RegExp;
    /** Whether no token is asked for. */
    open?: true;
    /** Whether a token of `wp token` is enough. */
    foreign?: true;
    run: (exchange: Exchange, match: RegExpExecArray) => Promise<void> | void;
  }[] = [
    {
      method: 'GET',
      path: /^\/$/,
      open: true,
      run: async ({ request, response }) => redirect(response, await home(request, options.library)),
    },
    { method: 'GET', path: /^\/s$/, open: true, run: ({ response }) => redirect(response, '/s/') },
    {
      method: 'GET',
      path: /^\/s\/([^/]+)$/,
      open: true,
      run: ({ response }, match) => redirect(response, `/s/${match[1]}/`),
    },
    {
      method: 'GET',
      path: /^\/s\/([^/]+\/)?$/,
      open: true,
      run: ({ request, response }) => page(request, response, shell),
    },
    {
      method: 'GET',
      path: /^\/assets\/(viewer\.(?:js|css))$/,
      open: true,
      run: ({ request, response }, match) => asset(request, response, match[1] ?? ''),
    },
    { method: 'POST', path: /^\/api\/login$/, open: true, run: login },
    {
      method: 'GET',
      path: /^\/api\/scrolls$/,
      run: async ({ response }) => json(response, 200, await options.library.list()),
    },
    { method: 'GET', path: ENTRIES, run: entries },
    { method: 'POST', path: ENTRIES, foreign: true, run: upload },
    { method: 'PUT', path: ENTRIES, foreign: true, run: upload },
    {
      method: 'GET',
      path: /^\/api\/openapi\.json$/,
      open: true,
      run: async ({ response }) => json(response, 200, JSON.parse(await readFile(description, 'utf8'))),
    },
  ];

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(COMMON_HEADERS)) response.setHeader(name, value);
    const isApart = isEntryHost(request, hosts);
    if (!isApart && !isOurHost(request, hosts))
      return json(response, 421, { error: 'this server answers only to localhost' });
    if (!URL.canParse(request.url ?? '/', 'http://localhost')) return json(response, 400, { error: 'this is no path' });
    const url = new URL(request.url ?? '/', 'http://localhost');
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    if (url.pathname.startsWith('/c/')) {
      // Frames have no origin of their own, so they say "null"; the capability is what they are asked for.
      if (method !== 'GET') return json(response, 405, { error: 'only GET' });
      const [rawPath = ''] = (request.url ?? '').split('?');
      return serveEntryFile(request, response, rawPath, {
        dir: options.dir,
        capabilities,
        pluginStatic: options.pluginStatic,
        numberOf: (scroll, id) => numberOf(options.library, scroll, id),
      });
    }
    if (isApart) return json(response, 404, { error: 'not found' });
    if (!isOurOrigin(request, hosts)) return json(response, 403, { error: 'this origin is not ours' });
    const here = routes.filter(({ path }) => path.test(url.pathname));
    const route = here.find((one) => one.method === method);
    const match = route?.path.exec(url.pathname);
    if (here.length === 0) return json(response, 404, { error: 'not found' });
    if (!route || !match) {
      const allowed = here.map((one) => one.method).join(', ');
      return json(response, 405, { error: `only ${allowed}` }, { Allow: allowed });
    }
    const given = bearerOf(request) ?? '';
    const trusted = route.open === true || authorize(given);
    const admission = !trusted && route.foreign ? await tokens.admit(given) : undefined;
    if (!trusted && !admission) return json(response, 401, { error: 'a token is needed' });
    await route.run({ request, response, url, admission }, match);
  };

  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024, perMessageDeflate: false });
  const servers: Server[] = [];
  const listen = async (host: string, port: number): Promise<number> => {
    const take = (request: IncomingMessage, response: ServerResponse) => {
      answer(request, response).catch((error: unknown) => {
        options.warn(`http: ${messageOf(error)}`);
        if (response.headersSent) response.destroy();
        else json(response, 500, { error: 'the server failed; its log says why' });
      });
    };
    const server = createServer(take);
    // A body is sent only when it will be taken.
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      waiting.add(request);
      take(request, response);
    });
    server.maxConnections = MAX_CONNECTIONS;
    server.headersTimeout = 10_000;
    // A body may take as long as it likes, if it comes: see `piecesOf`.
    server.requestTimeout = 0;
    server.on('clientError', (_, socket) => socket.destroy());
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => {});
      // A browser always says where a WebSocket comes from, so one that does not say is no page of ours.
      const ours = isOurHost(request, hosts) && request.headers.origin !== undefined && isOurOrigin(request, hosts);
      if (!ours || request.url !== '/api/feed')
        return socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      sockets.handleUpgrade(request, socket, head, (ws) =>
        serveFeed(ws, { library: options.library, capabilities, authorize }),
      );
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    servers.push(server);
    const address = server.address();
    return address !== null && typeof address === 'object' ? address.port : port;
  };
  const port = await listen('127.0.0.1', options.port);
  hosts = hostsOf(port);
  await listen('::1', port).catch((error: unknown) => {
    if (!hasCode(error, 'EADDRNOTAVAIL', 'EAFNOSUPPORT')) throw error;
  });
  return {
    port,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      options.library.close();
      await Promise.all(
        servers.map((server) => {
          server.closeAllConnections();
          return new Promise((resolve) => server.close(resolve));
        }),
      );
    },
  };
}

/** Where `/` leads: to the current scroll, whose name is not told to another user of this machine. */
async function home(request: IncomingMessage, library: Library): Promise<string> {
  const stranger = process.platform === 'linux' && !(await isSameUser(request.socket));
  const name = stranger ? undefined : await library.current();
  return name === undefined ? '/s/' : `/s/${encodeURIComponent(name)}/`;
}

/** A part of a path as it was meant; one that is badly encoded names nothing. */
function decode(part = ''): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

/** The number of an entry in its scroll, if it is there. */
async function numberOf(library: Library, scroll: string, id: string): Promise<number | undefined> {
  const used = await library.use(scroll);
  used?.release();
  return used?.scroll.entry(id)?.n;
}

function page(request: IncomingMessage, response: ServerResponse, shell: Buffer): void {
  response.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': viewerPolicy(request.headers.host ?? ''),
    'Cache-Control': 'no-cache',
  });
  response.end(request.method === 'HEAD' ? undefined : shell);
}

async function asset(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
  const bytes = await readFile(fileURLToPath(new URL(`viewer/${name}`, import.meta.url)));
  response.writeHead(200, {
    'Content-Type': name.endsWith('.js') ? 'text/javascript; charset=utf-8' : 'text/css; charset=utf-8',
    'Cache-Control': 'no-cache',
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
