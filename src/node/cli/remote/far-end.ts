import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WpError } from '../../../shared/errors.ts';
import { packageDir } from '../package.ts';
import type { SshConnection } from './connection.ts';
import type { NearEnd } from './near-end.ts';

/** How long the other machine may take to reply, milliseconds. */
const REPLY_TIMEOUT = 30_000;
/** How long it may take to clean up, milliseconds. */
const CLEANUP_TIMEOUT = 3000;

/**
 * The remote part of a connection: a private directory on the host with `wp-stub` and a forwarded socket. A shell on
 * the host removes the directory when its standard input ends, which happens however the connection ends.
 */
export class FarEnd {
  #connection: SshConnection;
  #lines: AsyncGenerator<string>;
  #remoteDir = '';

  private constructor(connection: SshConnection) {
    this.#connection = connection;
    this.#lines = linesOf(connection.shell.stdout);
  }

  /**
   * Prepares the host. Secrets are sent through standard input, never on a command line or in the environment. Forwards a
   * unix socket or, if that is not possible, a port whose clients need a token.
   * @param forAll whether every wp-stub of the user on the host uses this connection, not only those in its own shell
   * @throws WpError if the host cannot be used
   */
  static async prepare(connection: SshConnection, nearEnd: NearEnd, forAll: boolean): Promise<FarEnd> {
    const script = await readFile(join(packageDir(), 'clients/sh/far-end'), 'utf8');
    const stub = await readFile(join(packageDir(), 'clients/sh/wp-stub'), 'utf8');
    const farEnd = new FarEnd(connection);
    try {
      const reply = await farEnd.#run(
        `${script}\nmake_private_dir ${nearEnd.name}\n${writeCommand('wp-stub', stub)}make_programs`,
      );
      const [, transport, remoteDir = ''] = /^wp-ready ([ut]) (.*)$/.exec(reply) ?? [];
      farEnd.#remoteDir = remoteDir;
      const socket = transport === 'u' ? await farEnd.#forwardSocket(nearEnd) : undefined;
      const route = socket ?? (await farEnd.#forwardPort(nearEnd));
      await farEnd.#run(`${writeCommand('to', route)}${forAll ? 'add_route\n' : ''}echo wp-ready`);
      return farEnd;
    } catch (error) {
      await farEnd.close();
      throw error;
    }
  }

  /** Runs commands in the shell on the host and returns its reply. */
  async #run(commands: string): Promise<string> {
    this.#connection.shell.stdin.write(`${commands}\n`);
    return readReply(this.#lines, this.#connection.call.host);
  }

  /** Forwards a socket. @returns the contents of the route file, or undefined if the host does not forward sockets */
  async #forwardSocket(nearEnd: NearEnd): Promise<string | undefined> {
    const path = `${this.#remoteDir}/sock`;
    const { code } = await this.#connection.control('forward', '-R', `${path}:${nearEnd.socket}`);
    return code === 0 ? `to=unix:${path}\n` : undefined;
  }

  /** Forwards a port. @returns the contents of the route file */
  async #forwardPort(nearEnd: NearEnd): Promise<string> {
    const { socket, token } = await nearEnd.openTokenSocket();
    const { code, stdout, stderr } = await this.#connection.control('forward', '-R', `127.0.0.1:0:${socket}`);
    const port = /^\d+$/m.exec(stdout)?.[0];
    if (code !== 0 || port === undefined) {
      const reason = stderr ? ` (${stderr.trim().split('\n').pop()})` : '';
      throw new WpError(
        'ssh',
        `${this.#connection.call.host} does not forward sockets or ports to this machine${reason}`,
        'ask its administrator for AllowStreamLocalForwarding, or use "ssh HOST wp send FILE | wp recv"',
      );
    }
    return `to=${port}\ntoken=${token}\n`;
  }

  /**
   * The command to run on the host in place of the login shell.
   * @param command the user's command; undefined for an interactive shell
   */
  async enter(command: string | undefined): Promise<string> {
    if (command !== undefined) await this.#run(`${writeCommand('command', command)}echo wp-ready`);
    return `exec sh '${this.#remoteDir.replaceAll("'", "'\\''")}/enter'`;
  }

  /** Removes everything from the host. This ends the connection, unless another command still uses it. */
  async close(): Promise<void> {
    this.#connection.shell.stdin.end();
    // The output is not used; its end means that the shell has exited.
    const exited = (async () => {
      for await (const _ of this.#lines);
    })();
    await Promise.race([exited, new Promise((settle) => setTimeout(settle, CLEANUP_TIMEOUT).unref())]);
  }
}

/** Shell commands that write a file in the private directory on the host. */
function writeCommand(name: string, text: string): string {
  const delimiter = `END_${randomBytes(8).toString('hex')}`;
  return `cat >"$private_dir/${name}" <<'${delimiter}'\n${text.replace(/\n?$/, '\n')}${delimiter}\n`;
}

/** Yields the lines of an output stream as they arrive. */
async function* linesOf(output: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let text = '';
  for await (const chunk of output) {
    text += String(chunk);
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      yield text.slice(0, end);
      text = text.slice(end + 1);
    }
  }
}

/** Reads the reply of the shell on the host, ignoring output of login scripts. @throws WpError if it reports a failure */
async function readReply(lines: AsyncGenerator<string>, host: string): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new WpError('ssh', `${host} does not reply`, 'try again')), REPLY_TIMEOUT);
  });
  try {
    for (;;) {
      const next = await Promise.race([lines.next(), timeout]);
      if (next.done)
        throw new WpError('ssh', `the shell on ${host} exited unexpectedly`, 'check that "ssh HOST sh" works');
      if (next.value.startsWith('wp-failed'))
        throw new WpError('ssh', `${host}: ${next.value.replace(/^wp-failed (wp: show: )?/, '')}`);
      if (next.value.startsWith('wp-ready')) return next.value;
    }
  } finally {
    clearTimeout(timer);
  }
}
