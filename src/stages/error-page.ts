import { escapeHtml, page } from '../renderers/page.ts';
import type { RenderResult } from './job.ts';

/** The page of an entry that could not be rendered: what failed, and what was said on stderr. */
export function errorPage(name: string, result: Extract<RenderResult, { ok: false }>): string {
  const detail = result.detail?.trim();
  return page({
    title: name,
    body: `<p class="bad"><strong>This could not be rendered.</strong> ${escapeHtml(result.error)}</p>${
      detail ? `<pre class="note">${escapeHtml(detail.slice(-16_384))}</pre>` : ''
    }<p class="note">The original is kept with the entry.</p>`,
  });
}
