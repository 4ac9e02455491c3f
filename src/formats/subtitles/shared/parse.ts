/**
 * Reads subtitles: WebVTT (https://www.w3.org/TR/webvtt1/) and SubRip, which has no specification and is read as players
 * do: the number of a cue may be missing, the fraction may follow a comma or a point.
 */

import type { Problem } from '../../../shared/kit/page/problems.ts';

export interface Cue {
  /** Milliseconds from the beginning. */
  readonly start: number;
  readonly end: number;
  /** The number or name above its times. */
  readonly id?: string;
  /** What follows the times, such as `line:0 align:start`. */
  readonly settings?: string;
  /** As written, with markup; lines are separated by `\n`. */
  readonly text: string;
  /** The line of its times, from 1. */
  readonly line: number;
}

export interface Subtitles {
  readonly kind: 'SubRip' | 'WebVTT';
  /** In the order of the file. */
  readonly cues: readonly Cue[];
  readonly problems: readonly Problem[];
}

const TIME = String.raw`(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})`;
const TIMES = new RegExp(String.raw`^\s*${TIME}[ \t]*-->[ \t]*${TIME}[ \t]*(.*)$`);
/** Blocks of WebVTT that are no cues. */
const COMMENT = /^(?:NOTE|STYLE|REGION)(?:[ \t]|$)/;

/**
 * Reads a whole text, or one that is cut: then the last cue may lack lines.
 * Never throws; lines that belong to no cue are reported in `problems`.
 */
export function parseSubtitles(text: string): Subtitles {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const kind = /^WEBVTT(?:[ \t]|$)/.test(lines[0] ?? '') ? 'WebVTT' : 'SubRip';
  const cues: Cue[] = [];
  const problems: Problem[] = [];
  for (const block of blocksOf(lines, kind === 'WebVTT')) {
    const cue = cueOf(block);
    if ('message' in cue) problems.push(cue);
    else {
      cues.push(cue);
      if (cue.end < cue.start) problems.push({ line: cue.line, message: 'ends before it begins' });
    }
  }
  return { kind, cues, problems };
}

/** Lines between empty ones, and the number of the first. */
interface Block {
  readonly line: number;
  readonly lines: readonly string[];
}

function blocksOf(lines: readonly string[], isVtt: boolean): Block[] {
  const blocks: Block[] = [];
  let current: { line: number; lines: string[] } | undefined;
  lines.forEach((line, i) => {
    if (line.trim() === '') current = undefined;
    else if (current) current.lines.push(line);
    else {
      current = { line: i + 1, lines: [line] };
      blocks.push(current);
    }
  });
  // The header of WebVTT is the first block.
  return isVtt ? blocks.slice(1).filter(({ lines: [first = ''] }) => !COMMENT.test(first)) : blocks;
}

function cueOf({ line, lines }: Block): Cue | Problem {
  const at = lines.findIndex((one) => one.includes('-->'));
  const times = TIMES.exec(lines[at] ?? '');
  if (at < 0) return { line, message: `no times above "${excerpt(lines[0])}"` };
  if (!times || at > 1) return { line: line + at, message: `unreadable times "${excerpt(lines[at])}"` };
  const id = at === 1 ? lines[0]?.trim() : undefined;
  const settings = times[9]?.trim();
  return {
    start: milliseconds(times, 1),
    end: milliseconds(times, 5),
    ...(id && { id }),
    ...(settings && { settings }),
    text: lines.slice(at + 1).join('\n'),
    line: line + at,
  };
}

const excerpt = (line = ''): string => (line.length > 80 ? `${line.slice(0, 80)}…` : line);

/** The four groups of `TIME` from `group` on, in milliseconds. */
function milliseconds(match: RegExpExecArray, group: number): number {
  const [hours = 0, minutes = 0, seconds = 0] = [0, 1, 2].map((i) => Number(match[group + i] ?? 0));
  const fraction = Number((match[group + 3] ?? '').padEnd(3, '0'));
  return ((hours * 60 + minutes) * 60 + seconds) * 1000 + fraction;
}
