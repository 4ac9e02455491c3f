/** Recognises figures in JSON by the name and content of a file. */
import type { JsonDocument } from '../../shared/kit/tree/json-document.ts';

export type FigureKind = 'vega' | 'vega-lite' | 'plotly' | 'echarts';

/** The kinds of figures, by the type of the file. */
export const FIGURE_TYPES: Readonly<Record<string, FigureKind>> = {
  'vl.json': 'vega-lite',
  'vega.json': 'vega',
  'vg.json': 'vega',
  'plotly.json': 'plotly',
  'echarts.json': 'echarts',
};

/** The `$schema` of Vega and Vega-Lite, as JSON text. */
const SCHEMA = /^"https?:\/\/vega\.github\.io\/schema\/(vega|vega-lite)\//;

/**
 * The kind of figure; undefined for other JSON.
 * @param document the parsed file, or the beginning of a large one
 * @param tail the text of the end of a large file
 */
export function figureKind(type: string, document: JsonDocument, tail: string): FigureKind | undefined {
  const kindOfType = FIGURE_TYPES[type];
  if (kindOfType) return kindOfType;
  const { root } = document;
  if (type !== 'json' || root.kind !== 'object') return undefined;
  const members = document.children(root, 0, 40);
  const member = (key: string) => members.find((candidate) => candidate.key === key);

  const schema =
    SCHEMA.exec(member('$schema')?.text ?? '') ?? SCHEMA.exec(/"\$schema"\s*:\s*("[^"]*")/.exec(tail)?.[1] ?? '');
  if (schema) return schema[1] === 'vega' ? 'vega' : 'vega-lite';

  // Plotly has no schema URL; its files have a list of traces, "data", and an object "layout".
  const data = member('data');
  if (data?.kind !== 'array') return undefined;
  const hasLayout = member('layout')?.kind === 'object' || (root.isIncomplete && /"layout"\s*:\s*\{/.test(tail));
  if (!hasLayout) return undefined;
  const [trace] = document.children(data, 0, 1);
  if (!trace) return data.count === 0 ? 'plotly' : undefined;
  const keys = document.children(trace, 0, 60).map(({ key }) => key ?? '');
  return trace.kind === 'object' && keys.some((key) => ['type', 'x', 'y', 'z', 'values'].includes(key))
    ? 'plotly'
    : undefined;
}
