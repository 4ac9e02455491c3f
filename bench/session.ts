import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A shell that runs one line after the other: what a command takes there is not what it takes to start it from here. */
export interface Session {
  /** Runs a line there; gives when it began and ended, milliseconds since the epoch. Throws when it fails. */
  run(line: string): Promise<{ readonly began: number; readonly ended: number }>;
  close(): Promise<void>;
}

/** For bash: runs the lines it reads, and tells the time before and after each without a process. */
export const LOOP = `while read -r line; do began=$EPOCHREALTIME; eval "$line" >/dev/null; echo "$? $began $EPOCHREALTIME"; done`;

/** Opens a session by a command that comes to run `LOOP` with our standard input. */
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
      const [status, began = Number.NaN, ended = Number.NaN] = String(value).split(' ').map(Number);
      if (status !== 0) throw new Error(`"${line}" gave ${value || 'nothing'}`);
      return { began: began * 1000, ended: ended * 1000 };
    },
    async close() {
      const ended = new Promise((settle) => child.once('exit', settle));
      child.stdin.end();
      await ended;
    },
  };
}
