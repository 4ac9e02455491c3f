import { PAGE_SCRIPT } from '../../page-scripts.ts';

/**
 * The HTML shell of all rendered pages: the common style, light and dark, and the script that exchanges messages with
 * the viewer around the page.
 */

/** The script element of every page. Pages that were not written by webpipe get it, too, in their head. */
export const PAGE_SCRIPT_ELEMENT = `<script>${PAGE_SCRIPT}</script>`;

/** Colours, fonts and common classes. The viewer uses the same values. */
const STYLE = `:root{color-scheme:light dark;--bg:#fff;--fg:#1c2024;--dim:#646b73;--line:#e2e5e9;--soft:#f5f6f8;
--accent:#0b62c4;--warn:#9a5b00;--bad:#b3261e;--good:#18794e;--mono:ui-monospace,SFMono-Regular,"SF Mono",
Menlo,Consolas,"DejaVu Sans Mono",monospace;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
@media(prefers-color-scheme:dark){:root{--bg:#15181c;--fg:#dfe3e8;--dim:#949ca6;--line:#2b3037;--soft:#1c2026;
--accent:#6cb0ff;--warn:#e0a53c;--bad:#ff8a80;--good:#5bd394}}
*{box-sizing:border-box}[hidden]{display:none!important}
html{background:var(--bg);color:var(--fg);font:14px/1.5 var(--sans)}
body{margin:0;padding:12px 16px;overflow-wrap:anywhere}
body>p:first-child{margin-top:0}
pre,code,kbd{font:13px/1.45 var(--mono)}pre{margin:0;white-space:pre-wrap;tab-size:8}a{color:var(--accent)}
button,input,select{font:inherit;color:inherit;background:var(--soft);border:1px solid var(--line);border-radius:6px;
padding:2px 10px}button,summary{cursor:pointer}button:hover{border-color:var(--accent)}
summary{color:var(--dim);font-size:12.5px}
:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
.note{color:var(--dim);font-size:12.5px;margin:6px 0}.bad{color:var(--bad)}
.bar{display:flex;gap:8px;align-items:center;flex-wrap:wrap;margin:0 0 8px}
.bar input[type=search]{flex:1 1 150px;min-width:0;max-width:220px}
.bar .note{margin:0;flex:1 1 auto}.zoom{display:flex;gap:4px;align-items:center;font-size:13px}
.zoom button{min-width:28px;padding:2px 8px}.zoom output{min-width:6ch;text-align:center}`;

/** Escapes text for use between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** The note of a page whose file is not empty but has nothing visible: white space, comments, escape sequences. */
export const NOTHING_VISIBLE = 'There is nothing in it that can be seen.';

/** Whether HTML shows nothing: it has no text, picture, control or rule. */
export function isBlank(html: string): boolean {
  return !/<(?:img|svg|canvas|hr|input|video|audio)\b/.test(html) && html.replace(/<[^>]*>/g, '').trim() === '';
}

/** Percent-encodes each component of a relative path. */
export function relativeUrl(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** Longer titles are cut: a title may come from an untrusted file, such as the subject of a mail. */
const MAX_TITLE = 500;

export interface PageParts {
  /** Plain text. */
  readonly title: string;
  /** HTML of the body. The caller escapes what comes from the file. */
  readonly body: string;
  /** URL of the page's main picture, which is preloaded. */
  readonly picture?: string;
  /** A Content-Security-Policy for a `<meta>` element, so that it also applies to pages opened from disk. */
  readonly policy?: string;
  /** Additional CSS; trusted. */
  readonly style?: string;
  /** An inline script at the end of the body; trusted. */
  readonly script?: string;
  /** URLs of classic scripts (`output.asset('txt.js')`), run after the body, in this order. */
  readonly scripts?: readonly string[];
  /** URLs of style sheets (`output.asset('md.css')`). */
  readonly styles?: readonly string[];
  /** `data-` attributes of `<body>`; escaped here. */
  readonly data?: Readonly<Record<string, string>>;
}

/** Assembles an HTML page. */
export function page(parts: PageParts): string {
  const data = Object.entries(parts.data ?? {})
    .map(([key, value]) => ` data-${key}="${escapeHtml(value)}"`)
    .join('');
  const styles = (parts.styles ?? []).map((url) => `<link rel="stylesheet" href="${escapeHtml(url)}">`).join('');
  const scripts = (parts.scripts ?? []).map((url) => `<script src="${escapeHtml(url)}"></script>`).join('');
  const picture =
    parts.picture === undefined ? '' : `<link rel="preload" as="image" href="${escapeHtml(parts.picture)}">`;
  const policy =
    parts.policy === undefined
      ? ''
      : `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(parts.policy)}">`;
  const viewport = '<meta name="viewport" content="width=device-width,initial-scale=1">';
  const title = `<title>${escapeHtml(parts.title.slice(0, MAX_TITLE))}</title>`;
  const style = `<style>${STYLE}${parts.style ?? ''}</style>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">${policy}${picture}${viewport}${title}${style}${styles}${PAGE_SCRIPT_ELEMENT}</head>
<body${data}>${parts.body}${parts.script ? `<script>${parts.script}</script>` : ''}${scripts}</body></html>
`;
}
