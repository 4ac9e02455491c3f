/** Finds the timing of a typescript in its directory. */
import { opendir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { readHead } from '../../node/kit/text/file-ends.ts';
import { coversTypescript, MAX_TIMING, parseTiming, type Timing } from '../cast/shared/typescript.ts';

/** Largest number of directory entries that are listed, and of timings that are read. */
const LIMITS = { names: 10_000, timings: 20 };
const EXTENSIONS = ['timing', 'tm', 'time'];
const TIMING_NAME = /(?:^|[._-])(?:timing|tm|time)(?:\.(?:log|txt|out))?$/i;

/** A timing and the bytes of its file, at most `MAX_TIMING`. */
export interface FoundTiming {
  readonly timing: Timing;
  readonly bytes: Uint8Array;
}

/**
 * Finds the timing of the typescript at the path `origin`: `NAME.timing`, `NAME.tm` or `NAME.time`, with or without the
 * extension of NAME, or else a file named like a timing that covers as many bytes. Missing and unreadable files are
 * ignored.
 *
 * @param head first bytes of the typescript, including its first line
 * @param size bytes of the typescript
 */
export async function findTiming(origin: string, head: Uint8Array, size: number): Promise<FoundTiming | undefined> {
  const directory = dirname(origin);
  const name = basename(origin);
  const stems = [name, basename(name, extname(name))];
  for (const candidate of new Set(EXTENSIONS.flatMap((extension) => stems.map((stem) => `${stem}.${extension}`)))) {
    const timing = await readTiming(directory, candidate);
    if (timing && candidate !== name) return timing;
  }
  for (const other of (await namesIn(directory)).slice(0, LIMITS.timings)) {
    const timing = other === name ? undefined : await readTiming(directory, other);
    if (timing && coversTypescript(timing.timing, head, size)) return timing;
  }
  return undefined;
}

async function readTiming(directory: string, name: string): Promise<FoundTiming | undefined> {
  try {
    const path = join(directory, name);
    // Do not follow symbolic links out of the directory.
    if (dirname(await realpath(path)) !== (await realpath(directory)) || !(await stat(path)).isFile()) return undefined;
    const bytes = readHead(path, MAX_TIMING);
    const timing = parseTiming(new TextDecoder().decode(bytes), bytes.length === MAX_TIMING);
    return timing && { timing, bytes };
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

async function namesIn(directory: string): Promise<string[]> {
  const names: string[] = [];
  let listed = 0;
  try {
    for await (const { name } of await opendir(directory)) {
      if (++listed > LIMITS.names) break;
      if (!name.startsWith('.') && TIMING_NAME.test(name)) names.push(name);
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
  return names.sort();
}
