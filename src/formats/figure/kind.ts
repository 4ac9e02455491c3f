/** Which library a JSON text is a figure of, by its name and by what stands in it. */
import type { JsonDocument } from '../../shared/kit/tree/json-document.ts';

export type FigureKind = 'vega' | 'vega-lite' | 'plotly' | 'echarts';

/** The types by name. */
export const FIGURE_TYPES: Readonly<Record<string, FigureKind>> = {
  'vl.json': 'vega-lite',
  'vega.json': 'vega',
  'vg.json': 'vega',
  'plotly.json': 'plotly',
  'echarts.json': 'echarts',
};

const SCHEMA = /^"https?:\/\/vega\.github\.io\/schema\/(vega|vega-lite)\//;

/**
 * The kind of figure, or undefined where it is other JSON. Of a large file `document` is its beginning and `tail` the
 * text of its end.
 */
export function figureKind(type: string, document: JsonDocument, tail: string): FigureKind | undefined {
  const named = FIGURE_TYPES[type];
  if (named) return named;
  const { root } = document;
  if (type !== 'json' || root.kind !== 'object') return undefined;
  const rows = document.children(root, 0, 40);
  const row = (key: string) => rows.find((one) => one.key === key);

  const schema =
    SCHEMA.exec(row('$schema')?.text ?? '') ?? SCHEMA.exec(/"\$schema"\s*:\s*("[^"]*")/.exec(tail)?.[1] ?? '');
  if (schema) return schema[1] === 'vega' ? 'vega' : 'vega-lite';

  // What Plotly writes: traces, then how they are laid out.
  const data = row('data');
  if (data?.kind !== 'array') return undefined;
  const laidOut = row('layout')?.kind === 'object' || (root.isIncomplete && /"layout"\s*:\s*\{/.test(tail));
  if (!laidOut) return undefined;
  const [trace] = document.children(data, 0, 1);
  if (!trace) return data.count === 0 ? 'plotly' : undefined;
  const keys = document.children(trace, 0, 60).map(({ key }) => key ?? '');
  return trace.kind === 'object' && keys.some((key) => ['type', 'x', 'y', 'z', 'values'].includes(key))
    ? 'plotly'
    : undefined;
}
