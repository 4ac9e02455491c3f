import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readEnds } from '../../node/kit/text/file-ends.ts';
import { TEXT_LIMITS, textPage } from '../../node/kit/text/text-page.ts';
import type { Format, RenderInput } from '../../shared/format.ts';
import { escapeHtml } from '../../shared/kit/page/shell.ts';
import { isTypescript } from '../cast/shared/typescript.ts';

export default {
  name: 'script-session',
  about: 'Recordings of terminals by script(1): played if their timing is in the same directory, else terminal output',
  types: ['typescript'],
  searchText: 'page',
  preview: true,
  live: true,

  sniff: (head) => (isTypescript(head) ? 'typescript' : undefined),

  async render(input, output) {
    const { castPage, LIMITS } = await import('../cast/page.ts');
    const { findTiming } = await import('./find-timing.ts');
    const { MAX_TIMING, parseScript } = await import('../cast/shared/typescript.ts');
    const ends = readEnds(input.path, LIMITS);
    const found = input.origin && !input.open ? await findTiming(input.origin, ends.head, ends.size) : undefined;
    if (!found) {
      const above = isTypescript(ends.head) && !input.open ? `<p class="note">${hintOf(input)}</p>` : '';
      return textPage(input, output, { mode: 'ansi', limits: TEXT_LIMITS, htmlAbove: above });
    }
    await writeFile(join(output.dir, 'timing'), found.bytes);
    await castPage(input, output, {
      cast: parseScript(ends.head, found.timing),
      isComplete: ends.tail.length === 0,
      size: ends.size,
      timing: `${output.href}/timing`,
      ...(found.bytes.length < MAX_TIMING && { seconds: found.timing.duration }),
    });
  },
} satisfies Format;

/** HTML that says why a typescript is not played, and how to record one that is. */
function hintOf({ name, origin }: RenderInput): string {
  if (!origin)
    return 'Recorded by <code>script</code>. Only its text is shown, because its timing was not sent with it. A local file is played if its timing is in the same directory.';
  const file = /^[\w.-]+$/.test(name) ? escapeHtml(name) : 'typescript';
  return `Recorded by <code>script</code>. Only its text is shown, because its directory has no timing for it. <code>script -T ${file}.timing ${file}</code> records one.`;
}
