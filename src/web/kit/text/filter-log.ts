import { chunksOf, fetchFile } from '../../../shared/kit/ranges/fetch-range.ts';
import type { Charset } from '../../../shared/kit/text/charset.ts';
import { logHighlighter } from '../../../shared/kit/text/log-html.ts';
import { type Level, levelTracker } from '../../../shared/kit/text/log-levels.ts';

/** At most this many lines are shown. */
const MAX_LINES = 5000;

const SHOWN_LEVELS: Readonly<Record<string, readonly Level[]>> = { e: ['e'], w: ['e', 'w'], i: ['e', 'w', 'i', 'n'] };

/**
 * Streams a log of any size and passes its lines of some levels to `onLines`. Ends early if that returns false, or after
 * `MAX_LINES` lines.
 * @param chosen `e`: errors; `w`: warnings and errors; `i`: all but debugging
 * @param onLines receives more lines as HTML, the number of lines so far, and the number of bytes read
 * @returns the number of lines, and whether the whole log was read
 */
export async function filterLogLines(
  url: string,
  charset: Charset,
  chosen: string,
  onLines: (html: string, lines: number, bytes: number) => boolean,
): Promise<{ lines: number; isComplete: boolean }> {
  const response = await fetchFile(url);
  const decoder = new TextDecoder(charset);
  const levelOf = levelTracker();
  const highlight = logHighlighter();
  const levels = SHOWN_LEVELS[chosen] ?? [];
  let rest = '';
  let lines = 0;
  let bytes = 0;
  const passOn = (candidates: readonly string[]): boolean => {
    const matches = candidates.filter((line) => levels.includes(levelOf(line))).slice(0, MAX_LINES - lines);
    lines += matches.length;
    const html = matches.length > 0 ? highlight(`${matches.join('\n')}\n`) : '';
    return onLines(html, lines, bytes) && lines < MAX_LINES;
  };
  for await (const chunk of chunksOf(response)) {
    bytes += chunk.length;
    const parts = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/);
    rest = parts.pop() ?? '';
    // Drop a line of more than a million characters: it is not a log line.
    if (rest.length > 1_000_000) rest = '';
    if (!passOn(parts)) return { lines, isComplete: lines < MAX_LINES };
  }
  if (rest) passOn([rest]);
  return { lines, isComplete: true };
}
