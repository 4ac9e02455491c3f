import { type ChildProcess, type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { WpError } from '../../../shared/errors.ts';
import type { SshCall } from './ssh-options.ts';

/** How long a request to an open ssh connection may take, milliseconds. */
const CONTROL_TIMEOUT = 30_000;

/** The result of an ssh process. */
export interface SshResult {
  /** The exit status; 255 if ssh itself failed. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** ssh's message if a host refuses to forward a socket. It is not shown, because a port is tried next. */
const FORWARD_REFUSED = /^mux_confirm_remote_forward: remote port forwarding failed for listen path [^\n]*\n/m;

/**
 * An ssh connection to a host, shared by several ssh processes (ControlMaster). Only opening it asks the user for passwords.
 * It runs a shell on the host that reads commands from its standard input, and ends when that shell or this process ends.
 */
export class SshConnection {
  readonly call: SshCall;
  /** The shell on the host; its standard input is writable. */
  readonly shell: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Resolves when the connection has ended, with the exit status of ssh. */
  readonly ended: Promise<number>;
  #control: string;

  private constructor(call: SshCall, control: string, shell: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.call = call;
    this.#control = control;
    this.shell = shell;
    this.ended = exitStatusOf(shell);
    shell.stdin.on('error', () => {});
    shell.stderr.on('data', (text: Buffer) => process.stderr.write(String(text).replace(FORWARD_REFUSED, '')));
  }

  /**
   * Connects. ssh itself asks the user for passwords and host keys, and prints errors.
   * @param dir a private directory, for the socket by which the connection is shared
   * @param options further options of ssh, before those of the user
   * @returns the connection, or the exit status if ssh failed
   * @throws WpError if ssh is not installed
   */
  static async open(
    call: SshCall,
    dir: string,
    options: readonly string[] = [],
  ): Promise<SshConnection | { readonly code: number }> {
    const control = join(dir, 'c');
    const settings = ['ControlMaster=yes', `ControlPath="${control}"`, 'ControlPersist=no', 'RemoteCommand=none'];
    // This process uses the shell's standard input, whatever the user's configuration says about StdinNull.
    if (await supportsStdinNull()) settings.push('StdinNull=no');
    const args = [
      ...settings.flatMap((each) => ['-o', each]),
      ...options,
      ...call.options,
      '-T',
      call.host,
      'exec sh -s',
    ];
    const shell = spawn('ssh', args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const connection = new SshConnection(call, control, shell);
    const missing = new Promise<never>((_, fail) =>
      shell.once('error', (cause) => fail(new WpError('ssh', 'ssh is not installed', 'install OpenSSH', { cause }))),
    );
    missing.catch(() => {});
    let code: number | undefined;
    void connection.ended.then((status) => {
      code = status;
    });
    // ssh creates the socket after it has authenticated.
    while (code === undefined && !(await exists(control))) await Promise.race([sleep(20), connection.ended, missing]);
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
      ...this.call.sessionOptions,
    ];
  }

  /** Runs a command on the host in this terminal. @returns its exit status */
  run(command: string, options: readonly string[]): Promise<number> {
    const args = this.#arguments(['-o', 'RemoteCommand=none', ...options]);
    return exitStatusOf(spawn('ssh', [...args, this.call.host, command], { stdio: 'inherit' }));
  }

  /** Sends a control request to the connection (`ssh -O`), such as `forward`. */
  async control(verb: string, ...options: string[]): Promise<SshResult> {
    const child = spawn(
      'ssh',
      ['-S', this.#control, '-O', verb, ...options, ...this.call.sessionOptions, this.call.host],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: CONTROL_TIMEOUT,
      },
    );
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    return { code: await exitStatusOf(child), stdout, stderr };
  }

  /** Closes the connection, and everything that runs over it. */
  async close(): Promise<void> {
    this.shell.kill('SIGTERM');
    const killTimer = setTimeout(() => this.shell.kill('SIGKILL'), 3000);
    await this.ended;
    clearTimeout(killTimer);
  }
}

/** Resolves when a process has exited and its output has been read, with its exit status; 255 if it has none. */
function exitStatusOf(child: ChildProcess): Promise<number> {
  return new Promise((settle) => {
    child.once('error', () => settle(255));
    child.once('close', (code) => settle(code ?? 255));
  });
}

/** Whether ssh supports StdinNull (OpenSSH 8.7 and newer). Older versions fail if it is set. */
function supportsStdinNull(): Promise<boolean> {
  return new Promise((settle) => {
    execFile('ssh', ['-V'], (_, __, stderr) => {
      const [, major, minor] = /OpenSSH_(\d+)\.(\d+)/.exec(stderr) ?? [];
      settle(Number(major) * 100 + Number(minor) >= 807);
    });
  });
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
