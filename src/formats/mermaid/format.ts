import { PAN_ZOOM_STYLE, panZoomHtml } from '../../node/kit/pan-zoom/pan-zoom-html.ts';
import { readHead } from '../../node/kit/text/file-ends.ts';
import { TEXT_LIMITS, textPage } from '../../node/kit/text/text-page.ts';
import type { Format } from '../../shared/format.ts';
import { page } from '../../shared/kit/page/shell.ts';
import { decode, detectCharset, textHtml } from '../../shared/kit/text/charset.ts';
import { size } from '../../shared/kit/text/numbers.ts';

/** Largest file that is drawn; a larger one is shown as text. */
const MAX_BYTES = 50_000;
const KINDS =
  'flowchart|sequenceDiagram|classDiagram(?:-v2)?|stateDiagram(?:-v2)?|erDiagram|gantt|gitGraph|mindmap|timeline|quadrantChart|requirementDiagram|C4Context|sankey-beta|xychart-beta|block-beta';

export default {
  name: 'mermaid',
  about: 'Mermaid diagrams, drawn in the page; in Markdown too',
  types: ['mmd', 'mermaid'],
  searchText: 'source',
  preview: true,

  sniff: (head) =>
    new RegExp(`^\\s*(?:%%.*\\s+)*(?:${KINDS}|graph\\s+(?:TB|TD|BT|RL|LR))\\b[^\\n]*\\n`).test(
      new TextDecoder().decode(head),
    )
      ? 'mermaid'
      : undefined,

  async render(input, output) {
    const bytes = readHead(input.path, MAX_BYTES + 1);
    const text = decode(bytes, detectCharset(bytes).charset);
    if (bytes.length > MAX_BYTES || text.trim() === '') {
      const reason = text.trim() === '' ? 'Empty.' : `Not drawn: this diagram has more than ${size(MAX_BYTES)}.`;
      const noteHtml = `<p class="${text.trim() === '' ? 'note' : 'bad'}" role="note">${reason}</p>`;
      return textPage(input, output, { mode: 'text', limits: TEXT_LIMITS, htmlAbove: noteHtml });
    }
    await output.page(
      page({
        title: input.title ?? input.name,
        style: `${PAN_ZOOM_STYLE}details{margin:10px 0}`,
        body: `${panZoomHtml(`<pre class="mermaid">\n${textHtml(text)}</pre>`, 'Diagram')}<details><summary>Text</summary><pre>\n${textHtml(text)}</pre></details>`,
        scripts: [output.asset('mermaid.js')],
      }),
    );
  },
} satisfies Format;
