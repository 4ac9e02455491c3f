import { treePage } from '../../node/kit/tree/tree-page.ts';
import type { Format } from '../../shared/format.ts';
import { openJson } from '../../shared/kit/tree/open-json.ts';
import { figureKind } from '../figure/kind.ts';
import { figurePart } from '../figure/page-part.ts';
import { sniffJson } from './sniff.ts';
import { tableOfLines } from './table.ts';

/** Types of JSON Lines. */
const LINES = ['ndjson', 'jsonl'];

export default {
  name: 'json',
  about: 'JSON and JSON Lines of any size as a tree whose branches load when they are opened; syntax errors are marked',
  types: ['json', 'topojson', 'webmanifest', ...LINES],
  searchText: 'source',
  sniffOrder: 2,
  sharesProcess: ['ndjson'],
  preview: true,

  sniff: sniffJson,

  render: (input, output) =>
    treePage(input, output, {
      name: 'JSON',
      open: openJson,
      script: 'json.js',
      lines: LINES.includes(input.type),
      table: (text, isComplete, size) => tableOfLines(input, output, { text, isComplete, size }),
      figure: (document, tail, isComplete) => {
        const kind = figureKind(input.type, document, tail);
        return kind && figurePart(kind, input.title ?? input.name, isComplete, output);
      },
    }),
} satisfies Format;
