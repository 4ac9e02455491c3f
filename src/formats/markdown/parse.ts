import createParser, { type MarkdownIt, type Token } from 'markdown-it';
import footnotes from 'markdown-it-footnote';
import { relativePath } from '../../node/kit/page/referenced-files.ts';
import { escapeHtml, relativeUrl } from '../../shared/kit/page/shell.ts';
import { referencesOf } from '../html/document.ts';
import { diagrams, isDiagram } from './diagrams.ts';
import { paintFences } from './fences.ts';
import { alerts, headings, tasks, wwwLinks } from './github.ts';
import { formulas, numberFormulas, setFormulas } from './math.ts';

/** Where the files are that a document refers to. */
export interface Places {
  /** Paths that have been copied, relative to the document. */
  readonly files: ReadonlySet<string>;
  /** Relative URL of the directory they are in. */
  readonly source: string;
}

export interface Document {
  /** Text of the first heading. */
  readonly title: string | undefined;
  /** URLs of links and pictures, as they stand in the text. */
  readonly references: ReadonlySet<string>;
  /** It has diagrams, which the page's script is to draw. */
  readonly diagrams: boolean;
  /** It has formulas, which need their style sheet. */
  readonly formulas: boolean;
  /** The document as HTML in which nothing can run. Called once. */
  html(places: Places): Promise<string>;
}

/** What became of a URL: a link or picture leads there, or nowhere. */
export type Resolve = (url: string) => string | undefined;

let parser: MarkdownIt | undefined;

function theParser(): MarkdownIt {
  if (parser) return parser;
  parser = createParser({ html: true, linkify: true });
  parser.use(footnotes).use(tasks).use(alerts).use(headings).use(wwwLinks);
  parser.use(formulas).use(diagrams);
  return parser;
}

/** Reads a Markdown text. */
export function parse(text: string): Document {
  const { meta, rest } = frontMatter(text.replace(/^\uFEFF/, ''));
  const markdown = theParser();
  const env = {};
  const tokens = markdown.parse(rest, env);
  const flat = tokens.flatMap((token) => [token, ...(token.children ?? [])]);
  const raw = flat.filter((token) => token.type === 'html_block' || token.type === 'html_inline');
  const math = numberFormulas(flat);
  const references = new Set<string>();
  for (const token of flat) {
    const url = attribute(token, 'href') || attribute(token, 'src');
    if (url) references.add(url);
  }
  for (const token of raw) for (const url of referencesOf(token.content).references) references.add(url);

  return {
    title: titleOf(tokens),
    references,
    diagrams: flat.some(isDiagram),
    formulas: math.length > 0,
    async html(places) {
      const resolve = resolver(places);
      for (const token of flat) resolveToken(token, resolve);
      await paintFences(flat);
      const html = markdown.renderer.render(tokens, markdown.options, env);
      // Markdown alone gives nothing that runs; what others wrote as HTML is let through only where it is harmless.
      let harmless = html;
      if (raw.length > 0) {
        const { sanitize } = await import('./sanitize.ts');
        harmless = sanitize(html, resolve, `${places.source}/`);
      }
      return meta + (math.length > 0 ? await setFormulas(harmless, math) : harmless);
    },
  };
}

function resolver({ files, source }: Places): Resolve {
  const known = new Map<string, string | undefined>();
  const find = (url: string): string | undefined => {
    if (url.startsWith('#') || /^(?:https?:|mailto:|data:image\/)/i.test(url)) return url;
    const path = relativePath(url);
    if (path === undefined || !files.has(path)) return undefined;
    return `${source}/${relativeUrl(path)}${/#.*$/s.exec(url)?.[0] ?? ''}`;
  };
  return (url) => {
    if (!known.has(url)) known.set(url, find(url));
    return known.get(url);
  };
}

/** Leads a link or picture to where it is; what is not here is named instead, since a page loads nothing from elsewhere. */
function resolveToken(token: Token, resolve: Resolve): void {
  if (token.type === 'link_open') {
    const href = attribute(token, 'href');
    const found = resolve(href);
    if (found === undefined) token.attrs = [['title', `Not kept with this entry: ${href}`]];
    else token.attrSet('href', found);
  } else if (token.type === 'image') {
    const src = attribute(token, 'src');
    const found = resolve(src);
    if (found !== undefined && !/^https?:/i.test(found)) token.attrSet('src', found);
    else {
      token.type = 'html_inline';
      token.content = elsewhere(src, token.content);
      token.children = null;
    }
  }
}

function attribute(token: Token, name: string): string {
  return String(token.attrGet(name) ?? '');
}

/** A picture that is not here, as HTML. */
function elsewhere(src: string, alt: string): string {
  return `<span class="elsewhere" title="${escapeHtml(`A picture that is not kept with this entry: ${src}`)}">${escapeHtml(alt || src.split('/').pop() || 'picture')}</span>`;
}

function titleOf(tokens: readonly Token[]): string | undefined {
  const at = tokens.findIndex((token) => token.type === 'heading_open');
  const parts =
    tokens[at + 1]?.children?.filter((token) => token.type === 'text' || token.type === 'code_inline') ?? [];
  return at < 0
    ? undefined
    : parts
        .map((token) => token.content)
        .join('')
        .trim() || undefined;
}

/** A block of YAML at the head of a document, which is about it and not of it. */
function frontMatter(text: string): { meta: string; rest: string } {
  const found = /^---[ \t]*\r?\n([\s\S]{0,20000}?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(text);
  if (!found || !/^[\w-]+:/m.test(found[1] ?? '')) return { meta: '', rest: text };
  const meta = `<details class="meta"><summary>Front matter</summary><pre>${escapeHtml(found[1] ?? '')}</pre></details>`;
  return { meta, rest: text.slice(found[0].length) };
}
