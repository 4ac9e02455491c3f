import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PAN_ZOOM_STYLE, panZoomHtml } from '../../node/kit/pan-zoom/pan-zoom-html.ts';
import { readHead } from '../../node/kit/text/file-ends.ts';
import { TEXT_LIMITS, textPage } from '../../node/kit/text/text-page.ts';
import type { Format } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { decode, detectCharset, isText, textHtml } from '../../shared/kit/text/charset.ts';
import { plural, size } from '../../shared/kit/text/numbers.ts';

/** Larger texts are shown as such: nobody reads their graphs. */
const MAX_BYTES = 1024 ** 2;
/** Of the text so much is on the page of a drawing. */
const SOURCE = 32 * 1024;
/** A larger drawing is a file of its own. */
const INLINE = 150 * 1024;

const STYLE = `${PAN_ZOOM_STYLE}details{margin:10px 0}mark{background:#ffd54a;color:#000}`;

/** A graph behind comments, each of which ends in one place only, so that many of them cost nothing. */
const GRAPH =
  /^(?:\s|(?:\/\/|#)[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*(?:strict\s+)?(?:di)?graph\b\s*(?:(?:"[^"]*"|[\w.]+)\s*)?\{/;

export default {
  name: 'dot',
  about: 'Graphs in the language of Graphviz, drawn; a click on the buttons makes them larger',
  types: ['dot', 'gv'],
  searchText: 'source',
  preview: true,

  sniff: (head) => (isText(head) && GRAPH.test(new TextDecoder().decode(head)) ? 'dot' : undefined),

  async render(input, output) {
    const bytes = readHead(input.path, MAX_BYTES + 1);
    const text = decode(bytes, detectCharset(bytes.subarray(0, 4096)).charset);
    const asText = (why: string) =>
      textPage(input, output, {
        mode: 'text',
        limits: TEXT_LIMITS,
        htmlAbove: `<p class="bad" role="note">${why}</p>`,
      });
    if (bytes.length > MAX_BYTES) return asText(`Not drawn: this graph has more than ${size(MAX_BYTES)}.`);
    if (text.trim() === '') return asText('Empty.');

    const { layOut } = await import('./run.ts');
    const laid = await layOut(text);
    if (!laid) return asText('Not drawn: laying this graph out takes too long.');
    if (laid.svg === undefined) {
      const line = Number(/in line (\d+)/.exec(laid.fault)?.[1] ?? 0);
      const above = `<p class="bad" role="alert">Not drawn: ${escapeHtml(laid.fault)}.</p>`;
      if (bytes.length > SOURCE)
        return textPage(input, output, { mode: 'text', limits: TEXT_LIMITS, htmlAbove: above });
      const body = `${above}<pre>\n${markedLine(text, line)}</pre>`;
      return output.page(page({ title: input.title ?? input.name, style: STYLE, body }));
    }

    const { clean } = await import('./clean.ts');
    const { svg, paper } = clean(laid.svg);
    const [nodes, edges] = ['node', 'edge'].map((name) => svg.split(`class="${name}"`).length - 1);
    // Text is as wide as Graphviz guesses, whatever the font: there is nothing to be done about it.
    const warnings = laid.warnings.filter((warning) => !/^(?:Warning: )?no hard-coded metrics for/.test(warning));
    const notes = [
      `${plural(nodes ?? 0, 'node')}, ${plural(edges ?? 0, 'edge')}`,
      ...(laid.engine === 'sfdp' ? ['laid out by sfdp: for dot it is too large'] : []),
      ...(warnings.length > 0
        ? [`${plural(warnings.length, 'warning')}, such as “${warnings[0]?.slice(0, 200)}”`]
        : []),
    ];
    let drawing = svg;
    if (svg.length > INLINE) {
      await writeFile(join(output.dir, 'graph.svg'), alone(svg));
      drawing = `<img src="${escapeHtml(output.href)}/graph.svg" alt="">`;
    }
    const source =
      text.length > SOURCE
        ? `<p class="note"><a href="${escapeHtml(input.source)}">The text</a></p>`
        : `<details><summary>Text</summary><pre>\n${textHtml(text)}</pre></details>`;
    await output.page(
      page({
        title: input.title ?? input.name,
        style: STYLE,
        body: panZoomHtml(drawing, escapeHtml(notes.join(' · ')), paper) + source,
        scripts: [output.asset('pan-zoom.js')],
      }),
    );
  },
} satisfies Format;

/** A drawing as a file, which follows light and dark by itself. */
function alone(svg: string): string {
  const style =
    '<style>:root{color:#1c2024}text:not([fill]){fill:currentColor}@media(prefers-color-scheme:dark){:root{color:#dfe3e8}}</style>';
  const start = svg.indexOf('>') + 1;
  const head = svg.slice(0, start);
  const named = head.includes('xmlns=') ? head : head.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"');
  return named + style + svg.slice(start);
}

function markedLine(text: string, line: number): string {
  return text
    .split('\n')
    .map((row, i) => (i + 1 === line ? `<mark>${textHtml(row) || ' '}</mark>` : textHtml(row)))
    .join('\n');
}
