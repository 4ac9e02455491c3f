/** The timing of a typescript, found beside it. */
import { opendir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { readHead } from '../../node/kit/text/file-ends.ts';
import { fits, MAX_TIMING, parseTiming, type Timing } from '../cast/shared/script.ts';

/** Names that are looked at in the directory of a typescript, and timings that are read to see whether one fits. */
const MOST = { names: 10_000, tried: 20 };
const ENDINGS = ['timing', 'tm', 'time'];
const OTHERS = /(?:^|[._-])(?:timing|tm|time)(?:\.(?:log|txt|out))?$/i;

/** A timing, and its bytes as they are in the file, of which those beyond `MAX_TIMING` are left out. */
export interface Found {
  readonly timing: Timing;
  readonly bytes: Uint8Array;
}

/**
 * The timing of the typescript that was shown from `origin`: `NAME.timing`, `NAME.tm` or `NAME.time`, the same with the
 * name without its ending, else what is called a timing there and speaks of just as many bytes. Never throws for files
 * that are not there or cannot be read.
 *
 * @param head the first bytes of the typescript, its first line at least
 * @param size bytes of the whole
 */
export async function findTiming(origin: string, head: Uint8Array, size: number): Promise<Found | undefined> {
  const directory = dirname(origin);
  const name = basename(origin);
  const stems = [name, basename(name, extname(name))];
  for (const own of new Set(ENDINGS.flatMap((ending) => stems.map((stem) => `${stem}.${ending}`)))) {
    const found = await readTiming(directory, own);
    if (found && own !== name) return found;
  }
  for (const other of (await namesIn(directory)).slice(0, MOST.tried)) {
    const found = other === name ? undefined : await readTiming(directory, other);
    if (found && fits(found.timing, head, size)) return found;
  }
  return undefined;
}

async function readTiming(directory: string, name: string): Promise<Found | undefined> {
  try {
    const path = join(directory, name);
    // Of a link, what it leads to must lie here as well.
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
  let seen = 0;
  try {
    for await (const { name } of await opendir(directory)) {
      if (++seen > MOST.names) break;
      if (!name.startsWith('.') && OTHERS.test(name)) names.push(name);
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
  return names.sort();
}
