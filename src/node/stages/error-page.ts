import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import type { RenderResult } from './job.ts';

/** The viewer shows the reason above the page. A page that is opened by itself shows it here. */
const STYLE = '.framed:not(.alone) .why{display:none}';
const SCRIPT = "if(parent!==window)document.documentElement.classList.add('framed')";

/** The page of an entry that could not be rendered: the reason, and the end of stderr. */
export function errorPage(name: string, result: Extract<RenderResult, { ok: false }>): string {
  const detail = result.detail?.trim();
  return page({
    title: name,
    style: STYLE,
    script: SCRIPT,
    body: `<p class="bad why"><strong>This could not be rendered.</strong> ${escapeHtml(result.error)}</p>${
      detail ? `<pre class="note">${escapeHtml(detail.slice(-16_384))}</pre>` : ''
    }<p class="note">The original is kept with the entry.</p>`,
  });
}
