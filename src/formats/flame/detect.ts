import { gunzipSync } from 'node:zlib';

export type Format = 'folded' | 'perf' | 'trace' | 'pprof' | 'cpuprofile' | 'speedscope';

/** Type words, and the format that each promises. */
export const TYPES: Readonly<Record<string, Format>> = {
  folded: 'folded',
  collapsed: 'folded',
  stacks: 'folded',
  perf: 'perf',
  'perf.txt': 'perf',
  'perf.script': 'perf',
  cpuprofile: 'cpuprofile',
  pprof: 'pprof',
  'pb.gz': 'pprof',
  speedscope: 'speedscope',
  'speedscope.json': 'speedscope',
  'trace.json': 'trace',
};

/** The format of a profile: what its first bytes say, else what its type promises. */
export function formatOf(head: Uint8Array, type: string): Format {
  return recognised(head) ?? TYPES[type] ?? 'folded';
}

/** The format, where the first bytes of a file are a profile and nothing else could be. */
export function recognised(head: Uint8Array): Format | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return isPprof(beginOf(head)) ? 'pprof' : undefined;
  if (isPprof(head)) return 'pprof';
  if (head.includes(0)) return undefined;
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  return /^\s*[[{]/.test(text) ? jsonFormat(text) : linesFormat(text);
}

function jsonFormat(text: string): Format | undefined {
  if (text.includes('"https://www.speedscope.app/file-format-schema.json"')) return 'speedscope';
  if (/^\s*\{\s*"(?:nodes|head)"\s*:/.test(text) && text.includes('"callFrame"')) return 'cpuprofile';
  const isEvents = /^\s*\{[^[]*"traceEvents"\s*:\s*\[/.test(text) || /^\s*\[\s*\{/.test(text);
  return isEvents && /"ph"\s*:\s*"\w"/.test(text) && /"ts"\s*:\s*[\d.]+/.test(text) ? 'trace' : undefined;
}

function linesFormat(text: string): Format | undefined {
  // The last line may be cut.
  const end = text.lastIndexOf('\n');
  const lines = text
    .slice(0, end < 0 ? undefined : end)
    .split('\n', 200)
    .filter((line) => !line.startsWith('#'));
  const first = lines.findIndex((line) => line.trim() !== '');
  const [sample = '', frame = ''] = lines.slice(first);
  // Without stacks the function stands on the sample's line.
  if (/^\s*\S.*\s\d+(?:\/\d+)?\s+(?:\[\d+\]\s+)?\d+\.\d+:\s+(?:\d+\s+)?\S+:\s+[0-9a-f]+ .+ \(.*\)\s*$/.test(sample))
    return 'perf';
  if (/^\S.*\s\d+(?:\/\d+)?\s+(?:\[\d+\]\s+)?\d+\.\d+:\s/.test(sample) && /^\s+[0-9a-f]+ .+ \(.*\)\s*$/.test(frame))
    return 'perf';
  const stacks = lines.filter((line) => line !== '');
  const good = stacks.filter((line) => /^[^\s;][^;\t]*(?:;[^;\t]*)+ \d+\r?$/.test(line));
  return good.length >= 2 &&
    good.length >= stacks.length * 0.8 &&
    good.length === stacks.filter((line) => line.includes(';')).length
    ? 'folded'
    : undefined;
}

/** The first field of every pprof profile seen is a kind of value: two small numbers. */
function isPprof(head: Uint8Array): boolean {
  const [field, length = 0, inner] = head;
  return field === 0x0a && length >= 2 && length <= 12 && inner === 0x08 && head.length > length + 2;
}

/** What the beginning of gzipped bytes is. */
function beginOf(head: Uint8Array): Uint8Array {
  try {
    return gunzipSync(head, { finishFlush: 2, maxOutputLength: 1024 * 1024 }).subarray(0, 1024);
  } catch {
    return new Uint8Array();
  }
}
