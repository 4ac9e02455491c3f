import { type colours, type Fields, isObject } from './draw.ts';

const CLEAR = 'rgba(0,0,0,0)';
/** Deeper than any template is. */
const DEPTH = 20;

/**
 * A layout of Plotly that sits on the page, unless it says what its own paper or letters look like. Plotly for Python puts
 * a template on white paper into every figure: on a dark page it keeps its form and gets the colours of the page. Changes
 * nothing of `layout`.
 */
export function onPage(layout: Fields, { fg, line }: ReturnType<typeof colours>, dark: boolean): Fields {
  const template = part(layout, 'template');
  const theme = part(template, 'layout');
  const chosen = 'paper_bgcolor' in layout || 'color' in part(layout, 'font');
  if (chosen || ('paper_bgcolor' in theme && !(dark && isLight(theme.paper_bgcolor)))) return layout;
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line, tickcolor: line };
  const colour = (name: unknown, to: string): [string, string][] =>
    typeof name === 'string' ? [[name.toLowerCase(), to]] : [];
  const swaps = new Map([...colour(theme.plot_bgcolor, CLEAR), ...colour(part(theme, 'font').color, fg)]);
  return {
    ...layout,
    template: {
      ...template,
      ...('data' in template && { data: swapped(template.data, swaps) }),
      layout: {
        ...(swapped(theme, swaps) as Fields),
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

/** The same with other colours; those of scales stay. */
function swapped(value: unknown, swaps: ReadonlyMap<string, string>, depth = 0): unknown {
  if (depth > DEPTH) return value;
  if (typeof value === 'string') return swaps.get(value.toLowerCase()) ?? value;
  if (Array.isArray(value)) return value.map((one) => (isObject(one) ? swapped(one, swaps, depth + 1) : one));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, swapped(one, swaps, depth + 1)]));
}

/** Whether a colour is that of light paper. */
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
    .map((two) => Number.parseInt(two, 16));
  const listed = /^rgb\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(text)?.slice(1).map(Number);
  const parts = short ?? long ?? listed;
  return parts?.every((one) => one > 200) ?? false;
}
