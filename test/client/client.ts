import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Entry } from '../../src/shared/entry.ts';
import { readEntries } from '../support/disk.ts';
import { type Ended, root, type Server, start, within } from '../support/wp.ts';

/** The launcher: a script that runs `show` and `as` itself, and the other commands with Node. */
export const launcher = join(root, 'wp');

/** Whether a program is installed on this machine. */
export function has(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;
}

/** The shells installed here, each as a command that takes a script. */
export const shells: readonly (readonly string[])[] = [
  ['dash'],
  ['bash'],
  ['bash', '--posix'],
  ['busybox', 'ash'],
  ['ksh'],
  ['zsh'],
  ['zsh', '--emulate', 'sh'],
].filter(([program = '']) => has(program));

/** Runs a command to its end. */
export async function run(command: readonly string[], options: Parameters<typeof start>[2]): Promise<Ended> {
  const [program = '', ...args] = command;
  const process = start(program, args, options);
  return within(process.ended, `${command.join(' ')}: ${process.stderr()}`);
}

/** The entries of a server's scroll by number. */
export async function entriesOf(server: Server): Promise<Map<number, Entry>> {
  return new Map(readEntries(server.dir, server.scroll).map((entry) => [entry.n, entry]));
}

/** The entry numbers in the URLs that `wp show` printed. */
export function entryNumbers(out: string): number[] {
  return [...out.matchAll(/^http:\/\/localhost:\d+\/s\/[^/]+\/#(\d+)$/gm)].map(([, n]) => Number(n));
}
