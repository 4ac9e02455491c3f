import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WpError } from '../../../shared/errors.ts';
import { packageDir } from '../package.ts';
import type { SshConnection } from './connection.ts';
import type { NearEnd } from './near-end.ts';

/** How long the other machine may take to prepare itself, milliseconds. */
const PATIENCE = 30_000;
/** How long it may take to tidy up. */
const TIDY = 3000;

/**
 * What we have on the other machine for as long as a connection lasts: a private directory with the stub, and the end of
 * a forward to us in it. A shell there waits on its standard input; when that ends, for whatever reason, it removes all.
 */
export class FarEnd {
  #connection: SshConnection;
  #lines: AsyncGenerator<string>;
  #place = '';

  private constructor(connection: SshConnection) {
    this.#connection = connection;
    this.#lines = linesOf(connection.shell.stdout);
  }

  /**
   * Prepares the host: nothing that is secret is in a command line or in the environment there, all goes in by standard
   * input. A unix socket is forwarded, or where that cannot be a port, whose users then have to know a token.
   * @param forAll whether every wp-stub of the user there finds us, not only in a shell of ours
   * @throws WpError when the host cannot be used so
   */
  static async prepare(connection: SshConnection, near: NearEnd, forAll: boolean): Promise<FarEnd> {
    const sh = await readFile(join(packageDir(), 'clients/sh/far-end'), 'utf8');
    const stub = await readFile(join(packageDir(), 'clients/sh/wp-stub'), 'utf8');
    const far = new FarEnd(connection);
    try {
      const said = await far.#ask(`${sh}\nmake_place ${near.name}\n${written('wp-stub', stub)}make_programs`);
      const [, kind, place = ''] = /^wp-ready ([ut]) (.*)$/.exec(said) ?? [];
      far.#place = place;
      const socket = kind === 'u' ? await far.#forwardSocket(near) : undefined;
      const to = socket ?? (await far.#forwardPort(near));
      await far.#ask(`${written('to', to)}${forAll ? 'lead_all\n' : ''}echo wp-ready`);
      return far;
    } catch (error) {
      await far.close();
      throw error;
    }
  }

  /** Has commands run by the shell there, and waits for its word. */
  async #ask(commands: string): Promise<string> {
    this.#connection.shell.stdin.write(`${commands}\n`);
    return answerOf(this.#lines, this.#connection.call.host);
  }

  /** Gives what the stub is told of where we are; undefined where the host does not forward sockets. */
  async #forwardSocket(near: NearEnd): Promise<string | undefined> {
    const path = `${this.#place}/sock`;
    const { code } = await this.#connection.control('forward', '-R', `${path}:${near.socket}`);
    return code === 0 ? `to=unix:${path}\n` : undefined;
  }

  async #forwardPort(near: NearEnd): Promise<string> {
    const { socket, token } = await near.openToStrangers();
    const { code, stdout, stderr } = await this.#connection.control('forward', '-R', `127.0.0.1:0:${socket}`);
    const port = /^\d+$/m.exec(stdout)?.[0];
    if (code !== 0 || port === undefined)
      throw new WpError(
        'ssh',
        `${this.#connection.call.host} forwards neither sockets nor ports to us${stderr ? ` (${stderr.trim().split('\n').pop()})` : ''}`,
        'ask its administrator for AllowStreamLocalForwarding, or fetch files with "ssh HOST wp send FILE | wp recv"',
      );
    return `to=${port}\ntoken=${token}\n`;
  }

  /** The command that is to be run there in place of the login shell. `command`: what to run in it. */
  async enter(command: string | undefined): Promise<string> {
    if (command !== undefined) await this.#ask(`${written('command', command)}echo wp-ready`);
    return `exec sh '${this.#place.replaceAll("'", "'\\''")}/enter'`;
  }

  /** Leaves the host as it was. The connection ends with that, unless something else goes over it. */
  async close(): Promise<void> {
    this.#connection.shell.stdin.end();
    // What the shell there says last is of no interest, but it is the sign that it has ended.
    const gone = (async () => {
      for await (const _ of this.#lines);
    })();
    await Promise.race([gone, new Promise((settle) => setTimeout(settle, TIDY).unref())]);
  }
}

/** Commands that write a file in our place there. */
function written(name: string, text: string): string {
  const mark = `END_${randomBytes(8).toString('hex')}`;
  return `cat >"$place/${name}" <<'${mark}'\n${text.replace(/\n?$/, '\n')}${mark}\n`;
}

/** The lines that a shell there prints, as they come. */
async function* linesOf(output: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let text = '';
  for await (const piece of output) {
    text += String(piece);
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      yield text.slice(0, end);
      text = text.slice(end + 1);
    }
  }
}

/** What the shell there says to us: what login scripts may print before is passed over. @throws WpError when it fails */
async function answerOf(lines: AsyncGenerator<string>, host: string): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new WpError('ssh', `${host} does not answer`, 'try again')), PATIENCE);
  });
  try {
    for (;;) {
      const next = await Promise.race([lines.next(), late]);
      if (next.done) throw new WpError('ssh', `a shell on ${host} ended at once`, 'look whether "ssh HOST sh" works');
      if (next.value.startsWith('wp-failed'))
        throw new WpError('ssh', `${host}: ${next.value.replace(/^wp-failed (wp: show: )?/, '')}`);
      if (next.value.startsWith('wp-ready')) return next.value;
    }
  } finally {
    clearTimeout(timer);
  }
}
