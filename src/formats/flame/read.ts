import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parseJson } from '../../node/kit/json/parse-json.ts';
import { readHead } from '../../node/kit/text/file-ends.ts';
import { messageOf } from '../../shared/errors.ts';
import { size as sizeOf } from '../../shared/kit/text/numbers.ts';
import { formatOf } from './detect.ts';
import type { Profiles } from './shared/profile.ts';

/** A profile that has to be in memory as a whole may have so many bytes, and so many when it is inflated. */
const MAX_WHOLE = 160 * 1024 * 1024;
const MAX_INFLATED = 256 * 1024 * 1024;

/**
 * Reads a profile, whatever its format: the first bytes say it. Those of lines and of events may be of any size.
 * @param part it is only the beginning of a file
 * @throws Error in words for people, where it cannot be read
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
      return (await import('./pprof.ts')).readPprof(inflated(whole(path, size)));
    case 'cpuprofile':
      return (await import('./v8.ts')).readCpuProfile(parseJson(whole(path, size)));
    case 'speedscope':
      return (await import('./speedscope.ts')).readSpeedscope(parseJson(whole(path, size)));
  }
}

function whole(path: string, size: number): Buffer {
  if (size > MAX_WHOLE)
    throw new Error(`it has ${sizeOf(size)}; profiles of this kind are read up to ${sizeOf(MAX_WHOLE)}`);
  return readFileSync(path);
}

function inflated(bytes: Buffer): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_INFLATED });
  } catch (error) {
    throw new Error(`it cannot be inflated: ${messageOf(error)}`, { cause: error });
  }
}
