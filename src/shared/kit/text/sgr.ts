/** Colours and looks of terminal text (SGR), and their HTML. */

/** How a character looks. Colours: 0 to 255 of the palette, or `#rrggbb`. */
export interface Style {
  readonly fg?: number | string;
  readonly bg?: number | string;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly strike?: boolean;
  readonly inverse?: boolean;
  readonly hidden?: boolean;
  readonly href?: string;
}

export const PLAIN: Style = {};

/** Results of `applySgr` by style and parameters, since most output switches among few styles. Emptied when full. */
let nextStyles = new WeakMap<Style, Map<string, Style>>();
let nextStyleCount = 0;
const MAX_NEXT_STYLES = 5000;

/** The style after `ESC [ params m`. Unknown codes change nothing. */
export function applySgr(style: Style, params: string): Style {
  const known = nextStyles.get(style)?.get(params);
  if (known) return known;
  if (nextStyleCount++ === MAX_NEXT_STYLES) {
    nextStyles = new WeakMap();
    nextStyleCount = 0;
  }
  const next = computeSgr(style, params);
  const ofStyle = nextStyles.get(style) ?? new Map<string, Style>();
  nextStyles.set(style, ofStyle.set(params, next));
  return next;
}

function computeSgr(style: Style, params: string): Style {
  const parts = params.split(';');
  let next = style;
  for (let i = 0; i < parts.length; i++) {
    const [code = 0, ...more] = (parts[i] ?? '').split(':').map((part) => Number(part || 0));
    if (code !== 38 && code !== 48) {
      next = simple(next, code);
      continue;
    }
    // The parameters of a colour follow it after colons (38:5:1) or, more often, after semicolons (38;5;1).
    const rest = more.length > 0 ? more : parts.slice(i + 1, i + 5).map((part) => Number(part || 0));
    const colour = extended(rest);
    if (colour !== undefined) next = code === 38 ? { ...next, fg: colour } : { ...next, bg: colour };
    if (more.length === 0) i += rest[0] === 5 ? 2 : rest[0] === 2 ? 4 : 1;
  }
  return next;
}

function simple(style: Style, code: number): Style {
  if (code >= 30 && code <= 37) return { ...style, fg: code - 30 };
  if (code >= 90 && code <= 97) return { ...style, fg: code - 82 };
  if (code >= 40 && code <= 47) return { ...style, bg: code - 40 };
  if (code >= 100 && code <= 107) return { ...style, bg: code - 92 };
  switch (code) {
    case 0:
      return style.href ? { href: style.href } : PLAIN;
    case 1:
      return { ...style, bold: true };
    case 2:
      return { ...style, dim: true };
    case 3:
      return { ...style, italic: true };
    case 4:
    case 21:
      return { ...style, underline: true };
    case 7:
      return { ...style, inverse: true };
    case 8:
      return { ...style, hidden: true };
    case 9:
      return { ...style, strike: true };
    case 22:
      return { ...style, bold: false, dim: false };
    case 23:
      return { ...style, italic: false };
    case 24:
      return { ...style, underline: false };
    case 27:
      return { ...style, inverse: false };
    case 28:
      return { ...style, hidden: false };
    case 29:
      return { ...style, strike: false };
    case 39:
      return { ...style, fg: undefined };
    case 49:
      return { ...style, bg: undefined };
    default:
      return style;
  }
}

/** The colour after 38 or 48: `5 n` or `2 r g b`; between 2 and r a colour space may stand. */
function extended(codes: readonly number[]): number | string | undefined {
  if (codes[0] === 5) return Math.min(255, codes[1] ?? 0);
  if (codes[0] !== 2) return undefined;
  const rgb = codes.slice(codes.length > 4 ? 2 : 1);
  return `#${[0, 1, 2]
    .map((i) =>
      Math.min(255, rgb[i] ?? 0)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

/** A colour of the palette above the 16 that the style sheet gives. */
function cube(n: number): string {
  const hex = (part: number) => part.toString(16).padStart(2, '0');
  if (n >= 232) return `#${hex(8 + (n - 232) * 10).repeat(3)}`;
  const level = (part: number) => hex(part === 0 ? 0 : 55 + part * 40);
  return `#${level(Math.floor((n - 16) / 36))}${level(Math.floor((n - 16) / 6) % 6)}${level((n - 16) % 6)}`;
}

const tagsOfStyles = new WeakMap<Style, readonly [open: string, close: string]>();

/** Wraps HTML in the elements that give it a style. */
export function styled(html: string, style: Style): string {
  const tags = tagsOfStyles.get(style) ?? tagsOf(style);
  tagsOfStyles.set(style, tags);
  return tags[0] + html + tags[1];
}

function tagsOf(style: Style): readonly [open: string, close: string] {
  const classes: string[] = [];
  const css: string[] = [];
  const [fg, bg] = style.inverse ? [style.bg ?? 'bg', style.fg ?? 'fg'] : [style.fg, style.bg];
  if (typeof fg === 'number' && fg < 16) classes.push(`f${fg}`);
  else if (fg === 'bg') classes.push('fi');
  else if (fg !== undefined) {
    // Over a background of its own a colour stays as it is; else the style sheet keeps it readable.
    classes.push(bg === undefined ? 'fx' : 'fy');
    css.push(`--f:${typeof fg === 'number' ? cube(fg) : fg}`);
  }
  if (typeof bg === 'number' && bg < 16) classes.push(`b${bg}`);
  else if (bg === 'fg') classes.push('bi');
  else if (bg !== undefined) {
    classes.push('bx');
    css.push(`--b:${typeof bg === 'number' ? cube(bg) : bg}`);
  }
  if (style.bold) classes.push('sb');
  if (style.dim) classes.push('sd');
  if (style.italic) classes.push('si');
  if (style.underline) classes.push('su');
  if (style.strike) classes.push('ss');
  if (style.hidden) classes.push('sh');
  const attributes = `${classes.length ? ` class="${classes.join(' ')}"` : ''}${css.length ? ` style="${css.join(';')}"` : ''}`;
  if (style.href) return [`<a href="${style.href}" rel="noreferrer"${attributes}>`, '</a>'];
  return attributes ? [`<span${attributes}>`, '</span>'] : ['', ''];
}

const LIGHT =
  '1c2024 b3261e 18794e 8a5a00 0b62c4 8f3fa8 0b7285 6b7280 4b5563 d4302a 1f9d55 a86e00 2f7fe0 a84fc4 0e8a9e 7b838d';
const DARK =
  '5c6470 ff7b72 5bd394 e0b44c 6cb0ff d79bf5 56c8d8 c3c9d1 8f98a3 ff9d96 7ee8ae f2cc6b 8fc4ff e5b8ff 7fdcea ffffff';
// Backgrounds are lighter in light and darker in dark, so that the default letters stay readable on them.
const LIGHT_BACK =
  '3a4048 f7b5b0 a5dfc0 f3d48a a9cdf8 e2bdf0 a3dde6 d5d9de b9c0c8 ffc9c5 bdebd2 f9e3b0 c6dffb efd6f7 c0eaf0 eceff2';
const DARK_BACK =
  '000000 7d231d 12603b 6b4a00 174a8a 612b75 0c5360 4a515b 3a4048 8f2f28 187a4b 7d5900 1f5aa6 75388c 106472 5c6470';

const palette = (prefix: string, colours: string) =>
  colours
    .split(' ')
    .map((c, i) => `--${prefix}${i}:#${c}`)
    .join(';');
const numbers = Array.from({ length: 16 }, (_, i) => i);

/** The style sheet that `styled` counts on. */
export const ANSI_STYLE = `:root{${palette('f', LIGHT)};${palette('b', LIGHT_BACK)}}
@media(prefers-color-scheme:dark){:root{${palette('f', DARK)};${palette('b', DARK_BACK)}}}
${numbers.map((i) => `.f${i}{color:var(--f${i})}.b${i}{background:var(--b${i})}`).join('')}
.b0{color:#fff}.fx,.fy{color:var(--f)}.bx{background:var(--b)}.fi{color:var(--bg)}.bi{background:var(--fg)}
@supports(color:oklch(from red l c h)){.fx{color:oklch(from var(--f) min(l,.56) c h)}@media(prefers-color-scheme:dark){.fx{color:oklch(from var(--f) max(l,.7) c h)}}}
.sb{font-weight:700}.sd{opacity:.65}.si{font-style:italic}.su{text-decoration:underline}.ss{text-decoration:line-through}.sh{visibility:hidden}`;
