import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { WebSocketServer } from 'ws';
import { hasCode, messageOf } from '../../shared/errors.ts';
import { apiRoutes } from './api.ts';
import { Capabilities } from './capability.ts';
import { Deletions } from './deletions.ts';
import { serveEntryFile } from './entry-files.ts';
import { serveFeed } from './feed.ts';
import { bearerOf, COMMON_HEADERS, hostsOf, isEntryHost, isOurHost, isOurOrigin } from './guard.ts';
import type { Key } from './key.ts';
import type { Library } from './library.ts';
import { Logins, viewerPurpose } from './login.ts';
import { pageRoutes } from './pages.ts';
import { json } from './responses.ts';
import type { Route } from './route.ts';
import { Tokens } from './tokens.ts';
import type { UploadOptions } from './upload.ts';

/** Connections at a time on each address, so that they cannot use up the files that the process may open. */
const MAX_CONNECTIONS = 512;

export interface HttpOptions {
  readonly dir: string;
  readonly port: number;
  readonly key: Key;
  /** When this server started, as its info file says. Tokens and login codes are valid for one start. */
  readonly startedAt: string;
  readonly library: Library;
  /** The path of the static files of the plugin for a type, if it has some. */
  readonly pluginStatic: (type: string) => Promise<string | undefined>;
  /** Takes files that are sent over HTTP. */
  readonly upload: UploadOptions;
  readonly warn: (line: string) => void;
}

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves the viewer, its API and the files of entries on loopback: IPv4 and, where it exists, IPv6.
 * @throws a system error, `EADDRINUSE` if the port is taken
 */
export async function serveHttp(options: HttpOptions): Promise<HttpServer> {
  const { library, key, startedAt, warn } = options;
  const capabilities = new Capabilities(key);
  const deletions = new Deletions(library, warn);
  const purpose = viewerPurpose(startedAt);
  const authorize = (token: string) => key.verify(purpose, token);
  const routes = [
    ...(await pageRoutes(library)),
    ...apiRoutes({
      library,
      deletions,
      logins: new Logins(key, startedAt),
      token: key.sign(purpose),
      upload: options.upload,
    }),
  ];
  const tokens = await Tokens.of(options.dir);
  const awaitingContinue = new WeakSet<IncomingMessage>();
  let hosts = hostsOf(options.port);

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(COMMON_HEADERS)) response.setHeader(name, value);
    const isForEntry = isEntryHost(request, hosts);
    if (!isForEntry && !isOurHost(request, hosts))
      return json(response, 421, { error: 'this server answers only to localhost' });
    if (!URL.canParse(request.url ?? '/', 'http://localhost')) return json(response, 400, { error: 'this is no path' });
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname.startsWith('/c/')) {
      // Frames have an opaque origin; the capability authorises them.
      if (methodOf(request) !== 'GET') return json(response, 405, { error: 'only GET' });
      const [rawPath = ''] = (request.url ?? '').split('?');
      return serveEntryFile(request, response, rawPath, { library, capabilities, pluginStatic: options.pluginStatic });
    }
    if (isForEntry) return json(response, 404, { error: 'not found' });
    if (!isOurOrigin(request, hosts)) return json(response, 403, { error: 'this origin is not ours' });
    const found = findRoute(routes, url.pathname, methodOf(request));
    if (!('route' in found)) return refuseMethod(response, found.allowed);
    const { route, match } = found;
    const bearer = bearerOf(request) ?? '';
    const isTrusted = route.access === 'everyone' || authorize(bearer);
    const admission = !isTrusted && route.access === 'senders' ? await tokens.admit(bearer) : undefined;
    if (!isTrusted && !admission) return json(response, 401, { error: 'a token is needed' });
    const awaitsContinue = awaitingContinue.has(request);
    await route.run({ request, response, url, admission, awaitsContinue }, match);
  };

  const handle = (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response).catch((error: unknown) => {
      warn(`http: ${messageOf(error)}`);
      if (response.headersSent) response.destroy();
      else json(response, 500, { error: 'the server failed; its log says why' });
    });
  };

  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024, perMessageDeflate: false });
  const servers: Server[] = [];
  const listen = async (host: string, port: number): Promise<number> => {
    const server = createServer(handle);
    // The body of a request that is refused need not be sent.
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      awaitingContinue.add(request);
      handle(request, response);
    });
    server.maxConnections = MAX_CONNECTIONS;
    server.headersTimeout = 10_000;
    // A body may take any time as long as it makes progress; see `bodyOf`.
    server.requestTimeout = 0;
    server.on('clientError', (_, socket) => socket.destroy());
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => {});
      // Browsers always send the origin of a WebSocket.
      const isOurs = isOurHost(request, hosts) && request.headers.origin !== undefined && isOurOrigin(request, hosts);
      if (!isOurs || request.url !== '/api/feed')
        return socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      sockets.handleUpgrade(request, socket, head, (webSocket) =>
        serveFeed(webSocket, { library, capabilities, deletions, authorize }),
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
      await deletions.close();
      for (const socket of sockets.clients) socket.terminate();
      library.close();
      await Promise.all(
        servers.map((server) => {
          server.closeAllConnections();
          return new Promise((resolve) => server.close(resolve));
        }),
      );
    },
  };
}

/** The method of a request; HEAD is answered as GET. */
function methodOf({ method }: IncomingMessage): string | undefined {
  return method === 'HEAD' ? 'GET' : method;
}

/** The route for a path and a method, or the methods that the path allows. */
function findRoute(
  routes: readonly Route[],
  path: string,
  method: string | undefined,
): { readonly route: Route; readonly match: RegExpExecArray } | { readonly allowed: readonly string[] } {
  const matching = routes.filter((route) => route.path.test(path));
  const route = matching.find((one) => one.method === method);
  const match = route?.path.exec(path);
  return route && match ? { route, match } : { allowed: matching.map((one) => one.method) };
}

function refuseMethod(response: ServerResponse, allowed: readonly string[]): void {
  if (allowed.length === 0) return json(response, 404, { error: 'not found' });
  const list = allowed.join(', ');
  json(response, 405, { error: `only ${list}` }, { Allow: list });
}
