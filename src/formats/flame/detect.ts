import { gunzipSync } from 'node:zlib';

export type ProfileFormat = 'folded' | 'perf' | 'trace' | 'pprof' | 'cpuprofile' | 'heapprofile' | 'speedscope';

/** Formats by type name. */
export const FORMAT_OF_TYPE: Readonly<Record<string, ProfileFormat>> = {
  folded: 'folded',
  collapsed: 'folded',
  stacks: 'folded',
  perf: 'perf',
  'perf.txt': 'perf',
  'perf.script': 'perf',
  cpuprofile: 'cpuprofile',
  heapprofile: 'heapprofile',
  pprof: 'pprof',
  'pb.gz': 'pprof',
  speedscope: 'speedscope',
  'speedscope.json': 'speedscope',
  'trace.json': 'trace',
};

/** The format of a profile, by its first bytes or else by its type name. */
export function formatOf(head: Uint8Array, type: string): ProfileFormat {
  return recogniseProfile(head) ?? FORMAT_OF_TYPE[type] ?? 'folded';
}

/** The format, if the first bytes of a file are certainly those of a profile. */
export function recogniseProfile(head: Uint8Array): ProfileFormat | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return isPprof(inflateBeginning(head)) ? 'pprof' : undefined;
  if (isPprof(head)) return 'pprof';
  if (head.includes(0)) return undefined;
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  return /^\s*[[{]/.test(text) ? jsonFormat(text) : linesFormat(text);
}

function jsonFormat(text: string): ProfileFormat | undefined {
  if (text.includes('"https://www.speedscope.app/file-format-schema.json"')) return 'speedscope';
  if (/^\s*\{\s*"nodes"\s*:/.test(text) && text.includes('"callFrame"')) return 'cpuprofile';
  if (/^\s*\{\s*"head"\s*:/.test(text) && text.includes('"callFrame"')) return 'heapprofile';
  const isEvents = /^\s*\{[^[]*"traceEvents"\s*:\s*\[/.test(text) || /^\s*\[\s*\{/.test(text);
  return isEvents && /"ph"\s*:\s*"\w"/.test(text) && /"ts"\s*:\s*"?[\d.]+/.test(text) ? 'trace' : undefined;
}

function linesFormat(text: string): ProfileFormat | undefined {
  // The last line may be incomplete.
  const lastNewline = text.lastIndexOf('\n');
  const lines = text
    .slice(0, lastNewline < 0 ? undefined : lastNewline)
    .split('\n', 200)
    .filter((line) => !line.startsWith('#'));
  const first = lines.findIndex((line) => line.trim() !== '');
  const [sample = '', frame = ''] = lines.slice(first);
  // Without stacks the function is on the sample's line.
  if (/^\s*\S.*\s\d+(?:\/\d+)?\s+(?:\[\d+\]\s+)?\d+\.\d+:\s+(?:\d+\s+)?\S+:\s+[0-9a-f]+ .+ \(.*\)\s*$/.test(sample))
    return 'perf';
  if (/^\S.*\s\d+(?:\/\d+)?\s+(?:\[\d+\]\s+)?\d+\.\d+:\s/.test(sample) && /^\s+[0-9a-f]+ .+ \(.*\)\s*$/.test(frame))
    return 'perf';
  const nonEmptyLines = lines.filter((line) => line !== '');
  const stackLines = nonEmptyLines.filter((line) => /^[^\s;][^;\t]*(?:;[^;\t]*)+ \d+(?:\.\d+)?\s*$/.test(line));
  return stackLines.length >= 2 &&
    stackLines.length >= nonEmptyLines.length * 0.8 &&
    stackLines.length === nonEmptyLines.filter((line) => line.includes(';')).length
    ? 'folded'
    : undefined;
}

/** A pprof profile begins with the field `sample_type`: field 1, a message of two small numbers. */
function isPprof(head: Uint8Array): boolean {
  const [field, length = 0, inner] = head;
  return field === 0x0a && length >= 2 && length <= 12 && inner === 0x08 && head.length > length + 2;
}

/** Inflates the beginning of gzip data. */
function inflateBeginning(head: Uint8Array): Uint8Array {
  try {
    return gunzipSync(head, { finishFlush: 2, maxOutputLength: 1024 * 1024 }).subarray(0, 1024);
  } catch {
    return new Uint8Array();
  }
}
