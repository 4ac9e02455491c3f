/** Helpers for the tests in this folder: requests of other users and other servers. */
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { FeedEntry } from '../../src/shared/feed.ts';
import { scaled } from '../support/deadline.ts';
import { login, type Viewer, watch } from '../support/viewer.ts';
import { type Ended, type Server, start, startServer, within, wp } from '../support/wp.ts';

/** The user `nobody`. Only root can run programs as this user. */
const NOBODY = 65534;
export const isRoot: boolean = process.getuid?.() === 0;

/** Runs a program as another user. */
export async function asNobody(server: Server, command: string, args: readonly string[], input = ''): Promise<Ended> {
  const process = start(command, args, { dir: server.dir, cwd: '/', uid: NOBODY, input });
  return within(process.ended, `${command} ${args.join(' ')}: ${process.stderr()}`);
}

/** Sends bytes to a port and returns everything received until the connection is closed or silent. */
export function exchange(port: number, bytes: string | Uint8Array, host = '127.0.0.1'): Promise<string> {
  return new Promise((settle, fail) => {
    const socket = connect(port, host, () => socket.write(bytes));
    let text = '';
    socket.setTimeout(scaled(10_000), () => socket.destroy());
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece;
    });
    socket.once('error', fail);
    socket.once('close', () => settle(text));
  });
}

export const SECRET = 'the text that nobody else may see';

/** A running webpipe with two entries, and a viewer. */
export interface TestServer {
  readonly server: Server;
  readonly viewer: Viewer;
  readonly token: string;
  /** `secret.txt`, and `other.html`: each holds `SECRET`. */
  readonly entry: FeedEntry;
  readonly other: FeedEntry;
}

export async function startTestServer(): Promise<TestServer> {
  const server = await startServer(['run', 'mine']);
  const token = await login(server);
  const viewer = await watch(server);
  const show = async (name: string, content: string) => {
    const path = join(server.dir, name);
    writeFileSync(path, content);
    await wp(['show', path], { dir: server.dir });
    return viewer.entry(name, (one) => one.name === name && one.status === 'ok');
  };
  const entry = await show('secret.txt', SECRET);
  const other = await show('other.html', `<!doctype html><title>x</title><p>${SECRET}</p>`);
  return { server, viewer, token, entry, other };
}

/** The URL below which an entry's frame may load files. */
export function filesUrlOf(server: Server, entry: Pick<FeedEntry, 'cap'>): string {
  return `/c/${entry.cap}/s/${encodeURIComponent(server.scroll)}`;
}

/** A foreign server on this machine that records requests and connections. */
export interface ForeignServer {
  /** Its port, for HTTP, bare connections and UDP. */
  readonly port: number;
  /** A description of each request, connection and datagram so far. */
  readonly log: string[];
  /** The page that it serves at `/`. */
  page: string;
  close(): void;
}

export async function startForeignServer(): Promise<ForeignServer> {
  const log: string[] = [];
  const foreignServer = { port: 0, log, page: '', close: () => {} };
  const server = createServer((request, response) => {
    log.push(`${request.method} ${request.url}`);
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Content-Type', 'text/html');
    response.end(request.url === '/' ? foreignServer.page : 'x');
  });
  server.on('connection', () => log.push('a connection'));
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  const address = server.address();
  foreignServer.port = address !== null && typeof address === 'object' ? address.port : 0;
  const datagrams = createSocket('udp4');
  datagrams.on('message', () => log.push('a datagram'));
  await new Promise<void>((settle) => datagrams.bind(foreignServer.port, '127.0.0.1', settle));
  foreignServer.close = () => {
    datagrams.close();
    server.closeAllConnections();
    server.close();
  };
  return foreignServer;
}
