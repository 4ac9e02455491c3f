/** Recognises the library of a figure in JSON by the file's name and content. */
import type { JsonDocument } from '../../shared/kit/tree/json-document.ts';

export type FigureKind = 'vega' | 'vega-lite' | 'plotly' | 'echarts';

/** Kinds of figures by type name. */
export const FIGURE_TYPES: Readonly<Record<string, FigureKind>> = {
  'vl.json': 'vega-lite',
  'vega.json': 'vega',
  'vg.json': 'vega',
  'plotly.json': 'plotly',
  'echarts.json': 'echarts',
};

const SCHEMA = /^"https?:\/\/vega\.github\.io\/schema\/(vega|vega-lite)\//;

/**
 * The kind of figure, or undefined for other JSON. For a large file, `document` is the parsed beginning and `tail` the
 * text of the end.
 */
export function figureKind(type: string, document: JsonDocument, tail: string): FigureKind | undefined {
  const named = FIGURE_TYPES[type];
  if (named) return named;
  const { root } = document;
  if (type !== 'json' || root.kind !== 'object') return undefined;
  const rows = document.children(root, 0, 40);
  const member = (key: string) => rows.find((row) => row.key === key);

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
