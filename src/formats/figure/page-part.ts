import type { FigureContent } from '../../node/kit/tree/tree-page.ts';
import type { RenderOutput } from '../../shared/format.ts';
import { escapeHtml } from '../../shared/kit/page/shell.ts';
import type { FigureKind } from './kind.ts';

/** The scripts that draw figures. */
const LIBRARIES: Readonly<Record<FigureKind, string>> = {
  vega: 'figure-vega.js',
  'vega-lite': 'figure-vega.js',
  plotly: 'figure-plotly.js',
  echarts: 'figure-echarts.js',
};
/** The names of the libraries, for users. */
const NAMES: Readonly<Record<FigureKind, string>> = {
  vega: 'Vega',
  'vega-lite': 'Vega-Lite',
  plotly: 'Plotly',
  echarts: 'ECharts',
};

const STYLE =
  '#figure{overflow:auto;min-height:120px}#figure.filled{height:440px}' +
  '.alone #figure.filled{height:calc(100vh - 70px)}#figure .vega-bind{font-size:13px}\n' +
  'details{margin-top:10px}summary+*{margin-top:8px}';

/**
 * Content security policy for an untrusted figure: it loads nothing from elsewhere and runs no inline event handlers.
 */
const POLICY = [
  "script-src 'unsafe-inline' http: https: file: blob:",
  "script-src-attr 'none'",
  'img-src data: blob:',
  'font-src data:',
  "media-src 'none'",
  "object-src 'none'",
  "frame-src 'none'",
  "form-action 'none'",
].join('; ');

/**
 * The part of a JSON page that draws a figure.
 * @param isInline whether the page contains the complete JSON text
 */
export function figurePart(kind: FigureKind, title: string, isInline: boolean, output: RenderOutput): FigureContent {
  return {
    body:
      `<div id="figure" role="img" aria-label="${escapeHtml(title)}"></div>` +
      '<p class="note" id="remark" role="status">Drawing…</p>',
    style: STYLE,
    data: {
      figure: kind,
      library: output.asset(LIBRARIES[kind]),
      called: NAMES[kind],
      ...(isInline && { text: '1' }),
    },
    script: output.asset('figure.js'),
    policy: POLICY,
  };
}
