import type { Part } from '../../../shared/format.ts';
import { escapeHtml } from '../../../shared/kit/page/shell.ts';
import { size } from '../../../shared/kit/text/numbers.ts';

/**
 * A page of ours that says at its beginning that it is made of the beginning of a file only.
 * @param bytes the size of the whole file
 */
export function withPreviewNote(html: string, part: Part, bytes: number): string {
  const much = `The first ${size(part.bytes)} of ${size(bytes)}`;
  const said =
    part.failed === undefined
      ? `<p class="note" role="status">${much}. The whole follows when it has been read.</p>`
      : `<p class="note bad" role="note">${much}. There is no page of the whole: ${escapeHtml(part.failed)}.</p>`;
  return html.replace(/<body[^>]*>/, (body) => body + said);
}
