import { type colours, type Fields, isObject } from './library.ts';

const TRANSPARENT = 'rgba(0,0,0,0)';
/** Deepest nesting in which colours are replaced. */
const MAX_DEPTH = 20;

/**
 * Adapts a layout of Plotly to the colours of the page, unless the layout sets a background or a text colour. Plotly
 * for Python adds a template with a white background to every figure: on a dark page its colours are replaced. Does not
 * modify `layout`.
 */
export function withPageColours(layout: Fields, { fg, line }: ReturnType<typeof colours>, isDark: boolean): Fields {
  const template = part(layout, 'template');
  const theme = part(template, 'layout');
  const hasColours = 'paper_bgcolor' in layout || 'color' in part(layout, 'font');
  if (hasColours || ('paper_bgcolor' in theme && !(isDark && isLight(theme.paper_bgcolor)))) return layout;
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line, tickcolor: line };
  const replacement = (colour: unknown, by: string): [string, string][] =>
    typeof colour === 'string' ? [[colour.toLowerCase(), by]] : [];
  const replacements = new Map([
    ...replacement(theme.plot_bgcolor, TRANSPARENT),
    ...replacement(part(theme, 'font').color, fg),
  ]);
  return {
    ...layout,
    template: {
      ...template,
      ...('data' in template && { data: replaceColours(template.data, replacements) }),
      layout: {
        ...(replaceColours(theme, replacements) as Fields),
        paper_bgcolor: TRANSPARENT,
        plot_bgcolor: TRANSPARENT,
        font: { ...part(theme, 'font'), color: fg },
        xaxis: { ...part(theme, 'xaxis'), ...axis },
        yaxis: { ...part(theme, 'yaxis'), ...axis },
      },
    },
  };
}

/** A member that is an object; an empty object if it is not. */
const part = (fields: Fields, key: string): Fields => {
  const value = fields[key];
  return isObject(value) ? value : {};
};

/** Replaces colours in a value, except in nested lists, which are colour scales. */
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
  const components = /^rgb\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(text)?.slice(1).map(Number);
  const channels = short ?? long ?? components;
  return channels?.every((channel) => channel > 200) ?? false;
}
