import { chunksOf, fetchFile } from '../../../shared/kit/ranges/fetch-range.ts';
import type { Charset } from '../../../shared/kit/text/charset.ts';
import { logHighlighter } from '../../../shared/kit/text/log-html.ts';
import { type Level, levelTracker } from '../../../shared/kit/text/log-levels.ts';

/** More lines than that are not shown: a reader narrows it down. */
const MAX_LINES = 5000;

const SHOWN_LEVELS: Readonly<Record<string, readonly Level[]>> = { e: ['e'], w: ['e', 'w'], i: ['e', 'w', 'i', 'n'] };

/**
 * Goes through a log of any size as it streams by and gives its lines of some levels (`e`: errors, `w`: warnings too, `i`:
 * all but debugging), as HTML, piece by piece. It ends when `take` says false, or when there are too many.
 * @param take hears HTML of more lines, how many there are by now and how many bytes have been read
 */
export async function filterLogLines(
  url: string,
  charset: Charset,
  chosen: string,
  take: (html: string, lines: number, bytes: number) => boolean,
): Promise<{ lines: number; whole: boolean }> {
  const response = await fetchFile(url);
  const decoder = new TextDecoder(charset);
  const levelOf = levelTracker();
  const paint = logHighlighter();
  const levels = SHOWN_LEVELS[chosen] ?? [];
  let rest = '';
  let lines = 0;
  let bytes = 0;
  const give = (some: readonly string[]): boolean => {
    const kept = some.filter((line) => levels.includes(levelOf(line))).slice(0, MAX_LINES - lines);
    lines += kept.length;
    return take(kept.length > 0 ? paint(`${kept.join('\n')}\n`) : '', lines, bytes) && lines < MAX_LINES;
  };
  for await (const chunk of chunksOf(response)) {
    bytes += chunk.length;
    const parts = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/);
    rest = parts.pop() ?? '';
    // What has no line end for so long is no log.
    if (rest.length > 1_000_000) rest = '';
    if (!give(parts)) return { lines, whole: lines < MAX_LINES };
  }
  if (rest) give([rest]);
  return { lines, whole: true };
}
