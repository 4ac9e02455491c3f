import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { messageOf, WpError } from '../../../shared/errors.ts';
import { layout } from '../../directory/directory.ts';
import { openFilterInbox } from '../../inbox/open.ts';
import type { Authenticator } from '../../pipeline/hello.ts';
import { Inlet } from '../../pipeline/inlet.ts';
import { sendTo } from '../../pipeline/outlet.ts';
import type { StageContext } from '../../pipeline/stage.ts';
import { recv } from '../../stages/recv.ts';
import type { Listener } from '../../transport/connection.ts';
import { dial } from '../../transport/dial.ts';
import { listenUnix } from '../../transport/listen.ts';
import { startServer } from '../background.ts';
import { spoolLimitOfEnvironment } from '../options.ts';
import { type RunningServer, runningServers } from '../servers.ts';
import { printable, printError } from '../terminal.ts';

/** How long to try to reach the server on this machine before files are refused, milliseconds. */
const RETRY_TIMEOUT = 15_000;

/**
 * The local end of a connection to another machine. It receives files from there by value and forwards them to the server on
 * this machine, whose replies travel back the same way.
 */
export interface NearEnd {
  /** A random name of this end, by which the host recognises it after a reconnect. */
  readonly name: string;
  /** A private directory on this machine. */
  readonly dir: string;
  /** A socket for clients without a token: forward it only to a socket that is private on the host. */
  readonly socket: string;
  /**
   * Opens a socket for unknown clients: each needs `token`, and may first challenge this end to prove that it knows the
   * token.
   */
  openTokenSocket(): Promise<{ readonly socket: string; readonly token: string }>;
  close(): Promise<void>;
}

/**
 * Opens the local end. Starts a server in the background if none is running.
 * @param dir the webpipe directory
 * @param host the label of the entries
 */
export async function openNearEnd(dir: string, host: string): Promise<NearEnd> {
  const server = await findOrStartServer(dir);
  const privateDir = await makePrivateDir();
  const cleanups: (() => Promise<unknown>)[] = [() => rm(privateDir, { recursive: true, force: true })];
  const controller = new AbortController();
  const close = async () => {
    controller.abort();
    for (const cleanup of cleanups.splice(0).reverse())
      await cleanup().catch((error: unknown) => printError(messageOf(error)));
  };
  try {
    const inbox = await openFilterInbox(dir, spoolLimitOfEnvironment());
    cleanups.push(() => inbox.close());
    const inlet = new Inlet();
    const context: StageContext = { dir, signal: controller.signal, warn: printError };
    const sending = sendTo(recv(inbox)(inlet, context), {
      connect: () => dial({ kind: 'unix', path: join(layout.run(dir), `${server.xrender}.sock`) }),
      name: 'the webpipe server on this machine',
      retryTimeout: RETRY_TIMEOUT,
      unreachableMessage: 'the webpipe server at the other end has exited; start it there ("wp start") and try again',
      signal: controller.signal,
      warn: printError,
      // The terminal belongs to the user's shell.
      info: () => {},
    });
    sending.catch((error: unknown) => {
      printError(messageOf(error));
      // Refuse further files.
      inlet.close();
    });
    cleanups.push(async () => {
      inlet.close();
      await Promise.race([sending.catch(() => {}), new Promise((settle) => setTimeout(settle, 1000).unref())]);
    });
    const listen = async (name: string, listener: Promise<Listener>) => {
      const opened = await listener;
      cleanups.push(() => opened.close());
      return join(privateDir, name);
    };
    const socket = await listen('r', listenUnix(join(privateDir, 'r'), inlet.handler({ host, foreign: true })));
    const openTokenSocket = async () => {
      const token = `${randomBytes(4).toString('hex')}.${randomBytes(16).toString('hex')}`;
      const authenticator: Authenticator = {
        admit: async (offered) => (offered === token ? { host, valid: async () => true } : undefined),
        tokenOf: async (id) => (token.startsWith(`${id}.`) ? token : undefined),
      };
      return {
        socket: await listen(
          's',
          listenUnix(join(privateDir, 's'), inlet.handler({ authenticator, foreign: true }), 'nobody'),
        ),
        token,
      };
    };
    let tokenSocket: ReturnType<typeof openTokenSocket> | undefined;
    return {
      name: randomBytes(8).toString('hex'),
      dir: privateDir,
      socket,
      openTokenSocket: () => (tokenSocket ??= openTokenSocket()),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Creates a private directory. XDG_RUNTIME_DIR may belong to another user (su) or not exist (cron, containers). */
async function makePrivateDir(): Promise<string> {
  const runtimeDir = process.env.XDG_RUNTIME_DIR ?? '';
  const created = isAbsolute(runtimeDir) ? await mkdtemp(join(runtimeDir, 'wp-')).catch(() => undefined) : undefined;
  return created ?? mkdtemp(join(tmpdir(), 'wp-'));
}

/** Finds the server of a directory that accepts files, or starts one. */
async function findOrStartServer(dir: string): Promise<RunningServer> {
  const requestedPort = Number(process.env.WEBPIPE_XRENDER_PORT) || undefined;
  const servers = (await runningServers(dir)).filter(({ xrender }) => xrender !== undefined);
  const running = servers.find(({ xrender }) => xrender === requestedPort) ?? servers[0];
  if (running) return running;
  const options = requestedPort === undefined ? [] : ['--xrender-port', String(requestedPort)];
  const { server } = await startServer(dir, requestedPort, options);
  if (server.xrender === undefined)
    throw new WpError('ssh', 'the webpipe server on this machine accepts no files', 'check "wp status"');
  printError(`started webpipe in ${printable(dir)}: http://localhost:${server.http ?? ''}/ ("wp open" opens it)`);
  return server;
}
