import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readEnds } from '../../node/kit/text/file-ends.ts';
import { TEXT_LIMITS, textPage } from '../../node/kit/text/text-page.ts';
import type { Format, RenderInput } from '../../shared/format.ts';
import { escapeHtml } from '../../shared/kit/page/shell.ts';
import { isTypescript } from '../cast/shared/script.ts';

export default {
  name: 'script-session',
  about: 'Recordings of terminals by script(1): played where their timing lies beside them, else as terminal output',
  types: ['typescript'],
  searchText: 'page',
  preview: true,
  live: true,

  sniff: (head) => (isTypescript(head) ? 'typescript' : undefined),

  async render(input, output) {
    const { castPage, LIMITS } = await import('../cast/page.ts');
    const { findTiming } = await import('./beside.ts');
    const { MAX_TIMING, parseScript } = await import('../cast/shared/script.ts');
    const ends = readEnds(input.path, LIMITS);
    const found = input.origin && !input.open ? await findTiming(input.origin, ends.head, ends.size) : undefined;
    if (!found) {
      const above = isTypescript(ends.head) && !input.open ? `<p class="note">${hintOf(input)}</p>` : '';
      return textPage(input, output, { mode: 'ansi', limits: TEXT_LIMITS, htmlAbove: above });
    }
    await writeFile(join(output.dir, 'timing'), found.bytes);
    await castPage(input, output, {
      cast: parseScript(ends.head, found.timing),
      whole: ends.tail.length === 0,
      size: ends.size,
      timing: `${output.href}/timing`,
      ...(found.bytes.length < MAX_TIMING && { seconds: found.timing.duration }),
    });
  },
} satisfies Format;

/** Why a typescript is not played, and what would be; HTML. */
function hintOf({ name, origin }: RenderInput): string {
  if (!origin)
    return 'Recorded by <code>script</code>; its timing did not come with it, so here is its text. A file of this machine is played by the timing beside it.';
  const file = /^[\w.-]+$/.test(name) ? escapeHtml(name) : 'typescript';
  return `Recorded by <code>script</code>; its timing is not beside it, so here is its text. What <code>script -T ${file}.timing ${file}</code> records is played.`;
}
