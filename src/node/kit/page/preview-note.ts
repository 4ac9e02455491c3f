import type { Part } from '../../../shared/format.ts';
import { escapeHtml } from '../../../shared/kit/page/shell.ts';
import { size } from '../../../shared/kit/text/numbers.ts';

/**
 * Adds a note to the top of a page: it shows only the beginning of a file.
 * @param bytes the size of the whole file
 */
export function withPreviewNote(html: string, part: Part, bytes: number): string {
  const extent = `The first ${size(part.bytes)} of ${size(bytes)}`;
  const note =
    part.failed === undefined
      ? `<p class="note" role="status">${extent}. The whole follows when it has been read.</p>`
      : `<p class="note bad" role="note">${extent}. There is no page of the whole: ${escapeHtml(part.failed)}.</p>`;
  return html.replace(/<body[^>]*>/, (body) => body + note);
}
