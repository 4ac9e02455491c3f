import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PAN_ZOOM_STYLE, panZoomHtml } from '../../node/kit/pan-zoom/pan-zoom-html.ts';
import { readHead } from '../../node/kit/text/file-ends.ts';
import { TEXT_LIMITS, textPage } from '../../node/kit/text/text-page.ts';
import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { decode, detectCharset, isText, textHtml } from '../../shared/kit/text/charset.ts';
import { plural, size } from '../../shared/kit/text/numbers.ts';

/** Largest file that is drawn; larger ones are shown as text. */
const MAX_BYTES = 1024 ** 2;
/** Largest source text in the page, bytes. */
const MAX_SOURCE = 32 * 1024;
/** Largest drawing in the page; a larger one becomes a file of the entry. */
const MAX_INLINE = 150 * 1024;

const STYLE = `${PAN_ZOOM_STYLE}details{margin:10px 0}mark{background:#ffd54a;color:#000}`;

/** A graph after any number of comments. No two alternatives match the same text, so there is no backtracking. */
const GRAPH =
  /^(?:\s|(?:\/\/|#)[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*(?:strict\s+)?(?:di)?graph\b\s*(?:(?:"[^"]*"|[\w.]+)\s*)?\{/;

export default {
  name: 'dot',
  about: 'Graphs in the DOT language of Graphviz, drawn, with zoom',
  types: ['dot', 'gv'],
  searchText: 'source',
  preview: true,

  sniff: (head) => (isText(head) && GRAPH.test(new TextDecoder().decode(head)) ? 'dot' : undefined),

  async render(input, output) {
    const bytes = readHead(input.path, MAX_BYTES + 1);
    const text = decode(bytes, detectCharset(bytes.subarray(0, 4096)).charset);
    const textWithNote = (reason: string) =>
      textPage(input, output, {
        mode: 'text',
        limits: TEXT_LIMITS,
        htmlAbove: `<p class="bad" role="note">${reason}</p>`,
      });
    if (bytes.length > MAX_BYTES) return textWithNote(`Not drawn: this graph has more than ${size(MAX_BYTES)}.`);
    if (text.trim() === '') return textWithNote('Empty.');

    const { layOut } = await import('./run-layout.ts');
    const result = await layOut(text);
    if (!result) return textWithNote('Not drawn: laying this graph out takes too long.');
    if (result.svg === undefined) return faultPage(input, output, text, result.fault, bytes.length);

    const { sanitizeDrawing } = await import('./sanitize-svg.ts');
    const { svg, needsLightBackground } = sanitizeDrawing(result.svg);
    const notes = notesOf(svg, result.engine, result.warnings);
    let drawing = svg;
    if (svg.length > MAX_INLINE) {
      await writeFile(join(output.dir, 'graph.svg'), standaloneSvg(svg));
      drawing = `<img src="${escapeHtml(output.href)}/graph.svg" alt="">`;
    }
    const source =
      text.length > MAX_SOURCE
        ? `<p class="note"><a href="${escapeHtml(input.source)}">The text</a></p>`
        : `<details><summary>Text</summary><pre>\n${textHtml(text)}</pre></details>`;
    await output.page(
      page({
        title: input.title ?? input.name,
        style: STYLE,
        body: panZoomHtml(drawing, escapeHtml(notes.join(' · ')), needsLightBackground) + source,
        scripts: [output.asset('pan-zoom.js')],
      }),
    );
  },
} satisfies Format;

/** Writes the page of a graph that Graphviz rejects: its message, and the text with the faulty line marked. */
async function faultPage(
  input: RenderInput,
  output: RenderOutput,
  text: string,
  fault: string,
  bytes: number,
): Promise<void> {
  const line = Number(/in line (\d+)/.exec(fault)?.[1] ?? 0);
  const message = `<p class="bad" role="alert">Not drawn: ${escapeHtml(fault)}.</p>`;
  if (bytes > MAX_SOURCE) return textPage(input, output, { mode: 'text', limits: TEXT_LIMITS, htmlAbove: message });
  const body = `${message}<pre>\n${markedLine(text, line)}</pre>`;
  return output.page(page({ title: input.title ?? input.name, style: STYLE, body }));
}

/** The facts about a drawing: the number of nodes and edges, the layout engine if it is not dot, and warnings. */
function notesOf(svg: string, engine: string, allWarnings: readonly string[]): string[] {
  const [nodes, edges] = ['node', 'edge'].map((name) => svg.split(`class="${name}"`).length - 1);
  // Without font metrics Graphviz estimates the width of text and warns; the user cannot change that.
  const warnings = allWarnings.filter((warning) => !/^(?:Warning: )?no hard-coded metrics for/.test(warning));
  return [
    `${plural(nodes ?? 0, 'node')}, ${plural(edges ?? 0, 'edge')}`,
    ...(engine === 'sfdp' ? ['laid out by sfdp: it is too large for dot'] : []),
    ...(warnings.length > 0 ? [`${plural(warnings.length, 'warning')}, such as “${warnings[0]?.slice(0, 200)}”`] : []),
  ];
}

/** The drawing as a separate file, with styles for light and dark. */
function standaloneSvg(svg: string): string {
  const style =
    '<style>:root{color:#1c2024}text:not([fill]){fill:currentColor}@media(prefers-color-scheme:dark){:root{color:#dfe3e8}}</style>';
  const tagEnd = svg.indexOf('>') + 1;
  const head = svg.slice(0, tagEnd);
  const withNamespace = head.includes('xmlns=')
    ? head
    : head.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"');
  return withNamespace + style + svg.slice(tagEnd);
}

function markedLine(text: string, line: number): string {
  return text
    .split('\n')
    .map((row, i) => (i + 1 === line ? `<mark>${textHtml(row) || ' '}</mark>` : textHtml(row)))
    .join('\n');
}
