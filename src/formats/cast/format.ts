import { readEnds } from '../../node/kit/text/file-ends.ts';
import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';
import { page } from '../../shared/kit/page/shell.ts';

export default {
  name: 'cast',
  about: 'Recordings of terminals by asciinema (asciicast 1, 2, 3) with playback, markers and their text',
  types: ['cast', 'asciicast'],
  searchText: 'page',
  preview: true,

  sniff(head) {
    const [first = '', second] = new TextDecoder().decode(head).split('\n');
    const isHeader = /^\{.*"version"\s*:\s*[23]\b/.test(first) && /"(?:width|term)"\s*:/.test(first);
    return isHeader && (second === undefined || second === '' || second.startsWith('[')) ? 'cast' : undefined;
  },

  async render(input, output) {
    const { renderOrUnreadable } = await import('../../node/kit/page/unreadable.ts');
    await renderOrUnreadable(input, output, () => writePage(input, output));
  },
} satisfies Format;

/** Writes the page. Throws if nothing of the file can be shown. */
async function writePage(input: RenderInput, output: RenderOutput): Promise<void> {
  const { durationOf, parseCast } = await import('./shared/asciicast.ts');
  const { castPage, LIMITS } = await import('./page.ts');
  const ends = readEnds(input.path, LIMITS);
  if (ends.size === 0)
    return output.page(page({ title: input.title ?? input.name, body: '<p class="note">Empty.</p>' }));
  const isComplete = ends.tail.length === 0;
  const cast = parseCast(new TextDecoder().decode(ends.head), !isComplete);
  const seconds = isComplete ? durationOf(cast) : cast.version === 2 ? lastTime(ends.tail) : undefined;
  await castPage(input, output, { cast, seconds, isComplete, size: ends.size });
}

/** The time of the last event, from the last bytes of an asciicast 2, whose times are absolute. */
function lastTime(tail: Uint8Array): number | undefined {
  const times = [...new TextDecoder().decode(tail).matchAll(/^\[(\d+(?:\.\d+)?),/gm)];
  const last = times.at(-1)?.[1];
  return last === undefined ? undefined : Number(last);
}
