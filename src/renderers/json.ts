import type { Renderer } from '../shared/renderer.ts';
import { figureKind } from './figure/kind.ts';
import { figurePart } from './figure/part.ts';
import { openBytes } from './json/load.ts';
import { treePage } from './json/page.ts';
import { sniffJson } from './json/sniff.ts';
import { tableOfLines } from './json/table.ts';

const LINES = ['ndjson', 'jsonl'];

export default {
  name: 'json',
  about:
    'JSON and lines of JSON as a tree that opens where it is looked at, of any size; broken JSON with the place marked',
  types: ['json', 'topojson', 'webmanifest', ...LINES],
  preview: true,

  sniff: sniffJson,

  render: (input, output) =>
    treePage(input, output, {
      name: 'JSON',
      open: openBytes,
      script: 'json.js',
      lines: LINES.includes(input.type),
      table: (text, whole, size) => tableOfLines(input, output, { text, whole, size }),
      figure: (document, tail, whole) => {
        const kind = figureKind(input.type, document, tail);
        return kind && figurePart(kind, input.title ?? input.name, whole, output);
      },
    }),
} satisfies Renderer;
