import { type colours, type Fields, isObject } from './library.ts';

const CLEAR = 'rgba(0,0,0,0)';
/** Deepest nesting in which colours are replaced. */
const MAX_DEPTH = 20;

/**
 * Adapts a layout of Plotly to the colours of the page, unless the layout sets a background or a text colour. Plotly
 * for Python adds a template with a white background to every figure: on a dark page its colours are replaced. Does not
 * modify `layout`.
 */
export function withPageColours(layout: Fields, { fg, line }: ReturnType<typeof colours>, dark: boolean): Fields {
  const template = part(layout, 'template');
  const theme = part(template, 'layout');
  const hasColours = 'paper_bgcolor' in layout || 'color' in part(layout, 'font');
  if (hasColours || ('paper_bgcolor' in theme && !(dark && isLight(theme.paper_bgcolor)))) return layout;
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line, tickcolor: line };
  const colour = (name: unknown, to: string): [string, string][] =>
    typeof name === 'string' ? [[name.toLowerCase(), to]] : [];
  const replacements = new Map([...colour(theme.plot_bgcolor, CLEAR), ...colour(part(theme, 'font').color, fg)]);
  return {
    ...layout,
    template: {
      ...template,
      ...('data' in template && { data: replaceColours(template.data, replacements) }),
      layout: {
        ...(replaceColours(theme, replacements) as Fields),
        paper_bgcolor: CLEAR,
        plot_bgcolor: CLEAR,
        font: { ...part(theme, 'font'), color: fg },
        xaxis: { ...part(theme, 'xaxis'), ...axis },
        yaxis: { ...part(theme, 'yaxis'), ...axis },
      },
    },
  };
}

const part = (fields: Fields, key: string): Fields => {
  const value = fields[key];
  return isObject(value) ? value : {};
};

/** Replaces colours in a value. Colour scales, which are nested lists, stay as they are. */
function replaceColours(value: unknown, replacements: ReadonlyMap<string, string>, depth = 0): unknown {
  if (depth > MAX_DEPTH) return value;
  if (typeof value === 'string') return replacements.get(value.toLowerCase()) ?? value;
  if (Array.isArray(value))
    return value.map((item) => (isObject(item) ? replaceColours(item, replacements, depth + 1) : item));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, replaceColours(item, replacements, depth + 1)]),
  );
}

/** Whether a colour is a light background. */
function isLight(colour: unknown): boolean {
  const text = String(colour).trim().toLowerCase();
  if (/^(?:white|whitesmoke|snow|ivory|ghostwhite|floralwhite)$/.test(text)) return true;
  const short = /^#([\da-f])([\da-f])([\da-f])$/
    .exec(text)
    ?.slice(1)
    .map((digit) => Number.parseInt(digit + digit, 16));
  const long = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/
    .exec(text)
    ?.slice(1)
    .map((digits) => Number.parseInt(digits, 16));
  const listed = /^rgb\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(text)?.slice(1).map(Number);
  const parts = short ?? long ?? listed;
  return parts?.every((item) => item > 200) ?? false;
}
