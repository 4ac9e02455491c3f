import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { messageOf, WpError } from '../../../shared/errors.ts';
import type { StageContext } from '../../../shared/message.ts';
import type { Door } from '../../pipeline/hello.ts';
import { Inlet } from '../../pipeline/inlet.ts';
import { sendTo } from '../../pipeline/outlet.ts';
import { recv } from '../../stages/recv.ts';
import { layout } from '../../store/layout.ts';
import type { Listener } from '../../transport/connection.ts';
import { dial } from '../../transport/dial.ts';
import { listenUnix } from '../../transport/listen.ts';
import { startServer } from '../background.ts';
import { type RunningServer, runningServers } from '../servers.ts';
import { filterSpool } from '../spool.ts';
import { complain, printable } from '../terminal.ts';

/** How long the webpipe here is tried in vain before what was sent is given up, milliseconds. */
const PATIENCE = 15_000;

/**
 * Our end of a connection to another machine: what comes from there by value is received here and given on to the
 * webpipe that runs here, which answers all the way back.
 */
export interface NearEnd {
  /** Names this end, as long as it is there, to who meets it again. */
  readonly name: string;
  /** A private directory of ours. */
  readonly dir: string;
  /** Where what comes from there arrives: reached only by this user, and through a socket that is as private there. */
  readonly socket: string;
  /** Another one, for who may be anybody: each has to say `token`, and may ask for the proof that we know it. */
  openToStrangers(): Promise<{ readonly socket: string; readonly token: string }>;
  close(): Promise<void>;
}

/**
 * Opens our end; starts a webpipe in the background where none runs.
 * @param dir the webpipe directory @param host what the entries say of where they come from
 */
export async function openNearEnd(dir: string, host: string): Promise<NearEnd> {
  const server = await theServer(dir);
  const place = await makePlace();
  const ends: (() => Promise<unknown>)[] = [() => rm(place, { recursive: true, force: true })];
  const controller = new AbortController();
  const close = async () => {
    controller.abort();
    for (const end of ends.splice(0).reverse()) await end().catch((error: unknown) => complain(messageOf(error)));
  };
  try {
    const spool = await filterSpool(dir);
    ends.push(spool.release);
    const inlet = new Inlet();
    const context: StageContext = { dir, spool: spool.path, signal: controller.signal, warn: complain };
    const sending = sendTo(recv()(inlet, context), {
      connect: () => dial({ kind: 'unix', path: join(layout.run(dir), `${server.xrender}.sock`) }),
      name: 'the webpipe here',
      patience: PATIENCE,
      gone: 'the webpipe that this leads to has ended; start it there ("wp start") and show this again',
      signal: controller.signal,
      warn: complain,
      // The terminal is the shell's.
      note: () => {},
    });
    sending.catch((error: unknown) => {
      complain(messageOf(error));
      // Whoever sends something still is told.
      inlet.close();
    });
    ends.push(async () => {
      inlet.close();
      await Promise.race([sending.catch(() => {}), new Promise((settle) => setTimeout(settle, 1000).unref())]);
    });
    const listen = async (name: string, listener: Promise<Listener>) => {
      const opened = await listener;
      ends.push(() => opened.close());
      return join(place, name);
    };
    const socket = await listen('r', listenUnix(join(place, 'r'), inlet.handler({ host })));
    const openToStrangers = async () => {
      const token = `${randomBytes(4).toString('hex')}.${randomBytes(16).toString('hex')}`;
      const door: Door = {
        admit: async (given) => (given === token ? { host, valid: async () => true } : undefined),
        tokenOf: async (id) => (token.startsWith(`${id}.`) ? token : undefined),
      };
      return { socket: await listen('s', listenUnix(join(place, 's'), inlet.handler({ door }), 'nobody')), token };
    };
    let opened: ReturnType<typeof openToStrangers> | undefined;
    return {
      name: randomBytes(8).toString('hex'),
      dir: place,
      socket,
      openToStrangers: () => (opened ??= openToStrangers()),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A new private directory. What XDG_RUNTIME_DIR names may be another user's (su), or not there (cron, containers). */
async function makePlace(): Promise<string> {
  const session = process.env.XDG_RUNTIME_DIR ?? '';
  const made = isAbsolute(session) ? await mkdtemp(join(session, 'wp-')).catch(() => undefined) : undefined;
  return made ?? mkdtemp(join(tmpdir(), 'wp-'));
}

/** The webpipe of a directory that takes files, started if it does not run. */
async function theServer(dir: string): Promise<RunningServer> {
  const asked = Number(process.env.WEBPIPE_XRENDER_PORT) || undefined;
  const all = (await runningServers(dir)).filter(({ xrender }) => xrender !== undefined);
  const present = all.find(({ xrender }) => xrender === asked) ?? all[0];
  if (present) return present;
  const { server } = await startServer(dir, asked, asked === undefined ? [] : ['--xrender-port', String(asked)]);
  if (server.xrender === undefined) throw new WpError('ssh', 'the webpipe here takes no files', 'see "wp status"');
  complain(`webpipe runs in ${printable(dir)} now: http://localhost:${server.http ?? ''}/ ("wp open" opens it)`);
  return server;
}
