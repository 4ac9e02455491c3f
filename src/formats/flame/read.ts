import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parseJson } from '../../node/kit/json/parse-json.ts';
import { readHead } from '../../node/kit/text/file-ends.ts';
import { messageOf } from '../../shared/errors.ts';
import { size as sizeOf } from '../../shared/kit/text/numbers.ts';
import { formatOf } from './detect.ts';
import type { Profiles } from './shared/profile.ts';

/** Largest profile of a format that is read into memory, bytes, and its largest size when inflated. */
const MAX_WHOLE = 160 * 1024 * 1024;
const MAX_INFLATED = 256 * 1024 * 1024;

/**
 * Reads a profile of any known format. Line-based formats and traces may be of any size.
 * @param part whether this is only the beginning of a file
 * @throws Error with a message for users if the profile cannot be read
 */
export async function readProfiles(path: string, type: string, part = false): Promise<Profiles> {
  const { size } = statSync(path);
  const head = readHead(path, 64 * 1024);
  const format = formatOf(head, type);
  switch (format) {
    case 'folded':
      return (await import('./folded.ts')).readFolded(path, size);
    case 'perf':
      return (await import('./perf.ts')).readPerf(path, size);
    case 'trace':
      return (await import('./trace.ts')).readTrace(path, part);
    case 'pprof':
      return (await import('./pprof.ts')).readPprof(inflate(readAll(path, size)));
    case 'cpuprofile':
      return (await import('./cpuprofile.ts')).readCpuProfile(parseJson(readAll(path, size)));
    case 'heapprofile':
      return (await import('./heapprofile.ts')).readHeapProfile(parseJson(readAll(path, size)));
    case 'speedscope':
      return (await import('./speedscope.ts')).readSpeedscope(parseJson(readAll(path, size)));
  }
}

function readAll(path: string, size: number): Buffer {
  if (size > MAX_WHOLE)
    throw new Error(`it has ${sizeOf(size)}; profiles of this format are read up to ${sizeOf(MAX_WHOLE)}`);
  return readFileSync(path);
}

function inflate(bytes: Buffer): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_INFLATED });
  } catch (error) {
    throw new Error(`it cannot be inflated: ${messageOf(error)}`, { cause: error });
  }
}
