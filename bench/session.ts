import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A shell that runs lines one after the other, so that measured times exclude starting processes from here. */
export interface Session {
  /** Runs a line. Returns when it began and ended, milliseconds since the epoch. Throws if it fails. */
  run(line: string): Promise<{ readonly startedAt: number; readonly endedAt: number }>;
  close(): Promise<void>;
}

/**
 * A bash program that runs the lines that it reads, and prints the time before and after each without starting a
 * process.
 */
export const LOOP = `while read -r line; do began=$EPOCHREALTIME; eval "$line" >/dev/null; echo "$? $began $EPOCHREALTIME"; done`;

/** Opens a session with a command that runs `LOOP` with the given standard input. */
export function openSession(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Session {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(command, args, {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run(line) {
      child.stdin.write(`${line}\n`);
      const { value = '' } = await answers.next();
      const [status, startedAt = Number.NaN, endedAt = Number.NaN] = String(value).split(' ').map(Number);
      if (status !== 0) throw new Error(`"${line}" gave ${value || 'nothing'}`);
      return { startedAt: startedAt * 1000, endedAt: endedAt * 1000 };
    },
    async close() {
      const endedAt = new Promise((settle) => child.once('exit', settle));
      child.stdin.end();
      await endedAt;
    },
  };
}
