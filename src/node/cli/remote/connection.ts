import { type ChildProcess, type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { WpError } from '../../../shared/errors.ts';
import type { SshCall } from './ssh-options.ts';

/** How long ssh may take to do what is asked of a connection that is there, milliseconds. */
const PATIENCE = 30_000;

/** How a process of ssh ended. */
export interface SshEnd {
  /** Its exit status; 255 where ssh itself failed. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What ssh says when a host does not forward what we ask for first; we ask for something else then. */
const REFUSED = /^mux_confirm_remote_forward: remote port forwarding failed for listen path [^\n]*\n/m;

/**
 * One ssh connection to a host, over which everything goes: made once, with whatever ssh asks the person; what goes over
 * it later asks nothing. It runs a shell there that reads its standard input, and ends with that shell and with us.
 */
export class SshConnection {
  readonly call: SshCall;
  /** The shell there: what we write is its standard input. */
  readonly shell: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Settles when the connection has ended, with the status of ssh. */
  readonly ended: Promise<number>;
  #control: string;

  private constructor(call: SshCall, control: string, shell: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.call = call;
    this.#control = control;
    this.shell = shell;
    this.ended = endOf(shell);
    shell.stdin.on('error', () => {});
    shell.stderr.on('data', (text: Buffer) => process.stderr.write(String(text).replace(REFUSED, '')));
  }

  /**
   * Connects. ssh speaks to the person for itself: passwords, host keys, what went wrong.
   * @param dir a private directory, for the socket by which the connection is shared
   * @param options more for ssh, before what the person says
   * @returns the connection, or the status of an ssh that has ended
   * @throws WpError when there is no ssh here
   */
  static async open(
    call: SshCall,
    dir: string,
    options: readonly string[] = [],
  ): Promise<SshConnection | { readonly code: number }> {
    const control = join(dir, 'c');
    const ours = ['ControlMaster=yes', `ControlPath="${control}"`, 'ControlPersist=no', 'RemoteCommand=none'];
    // Its standard input is ours, whatever the configuration says of that of commands.
    if (await knowsStdinNull()) ours.push('StdinNull=no');
    const args = [...ours.flatMap((each) => ['-o', each]), ...options, ...call.options, '-T', call.host, 'exec sh -s'];
    const shell = spawn('ssh', args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const connection = new SshConnection(call, control, shell);
    const missing = new Promise<never>((_, fail) =>
      shell.once('error', (cause) => fail(new WpError('ssh', 'ssh cannot be started', 'install OpenSSH', { cause }))),
    );
    missing.catch(() => {});
    let code: number | undefined;
    void connection.ended.then((status) => {
      code = status;
    });
    // The socket is there when the host has let us in.
    while (code === undefined && !(await isThere(control))) await Promise.race([sleep(20), connection.ended, missing]);
    return code === undefined ? connection : { code };
  }

  #arguments(options: readonly string[]): string[] {
    return [
      '-S',
      this.#control,
      '-o',
      'ControlMaster=no',
      '-o',
      'ClearAllForwardings=yes',
      ...options,
      ...this.call.inner,
    ];
  }

  /** Runs a command there for the person, in this terminal; gives its exit status. */
  run(command: string, options: readonly string[]): Promise<number> {
    const args = this.#arguments(['-o', 'RemoteCommand=none', ...options]);
    return endOf(spawn('ssh', [...args, this.call.host, command], { stdio: 'inherit' }));
  }

  /** Asks something of the connection itself (`-O`), such as to forward. */
  async control(verb: string, ...options: string[]): Promise<SshEnd> {
    const child = spawn('ssh', ['-S', this.#control, '-O', verb, ...options, ...this.call.inner, this.call.host], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    return { code: await endOf(child), stdout, stderr };
  }

  /** Ends the connection, and with it all that goes over it. */
  async close(): Promise<void> {
    this.shell.kill('SIGTERM');
    const late = setTimeout(() => this.shell.kill('SIGKILL'), 3000);
    await this.ended;
    clearTimeout(late);
  }
}

/** The exit status of a process when all it said has been read; 255 where it has none. */
function endOf(child: ChildProcess): Promise<number> {
  return new Promise((settle) => {
    child.once('error', () => settle(255));
    child.once('close', (code) => settle(code ?? 255));
  });
}

/** Whether ssh has this option: since OpenSSH 8.7, and the older ones fail when they are given it. */
function knowsStdinNull(): Promise<boolean> {
  return new Promise((settle) => {
    execFile('ssh', ['-V'], (_, __, said) => {
      const [, major, minor] = /OpenSSH_(\d+)\.(\d+)/.exec(said) ?? [];
      settle(Number(major) * 100 + Number(minor) >= 807);
    });
  });
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
