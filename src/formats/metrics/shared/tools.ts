import { freeReader, isFree } from './free.ts';
import { isSadf, sadfReader } from './sadf.ts';
import type { LineReader, OnSample } from './sample.ts';
import { isBanner, sysstatReader } from './sysstat.ts';
import { isVmstat, vmstatReader } from './vmstat.ts';

export type Tool = 'vmstat' | 'free' | 'sysstat' | 'sadf' | 'json';

/** The tool whose output begins with `text`, or undefined. */
export function toolOf(text: string): Tool | undefined {
  const first = /^\s*(\S.*)/.exec(text)?.[1]?.trimEnd() ?? '';
  if (isVmstat(text)) return 'vmstat';
  if (isFree(text)) return 'free';
  if (isBanner(first)) return 'sysstat';
  if (isSadf(/^\S.*/.exec(text)?.[0]?.trimEnd() ?? '')) return 'sadf';
  return /^\s*\{\s*"sysstat"\s*:\s*\{/.test(text) ? 'json' : undefined;
}

/** Creates the reader for the lines of a tool. */
export function readerOf(tool: Tool, onSample: OnSample): LineReader {
  const readers = { vmstat: vmstatReader, free: freeReader, sysstat: sysstatReader, sadf: sadfReader };
  return tool === 'json' ? () => false : readers[tool](onSample);
}
