import createParser, { type MarkdownIt, type Token } from 'markdown-it';
import footnotes from 'markdown-it-footnote';
import { relativePath } from '../../node/kit/page/referenced-files.ts';
import { escapeHtml, relativeUrl } from '../../shared/kit/page/shell.ts';
import { referencesOf } from '../html/document.ts';
import { highlightFences } from './code-fences.ts';
import { diagrams, isDiagram } from './diagrams.ts';
import { alerts, headings, tasks, wwwLinks } from './github-extensions.ts';
import { formulas, insertFormulas, numberFormulas } from './math.ts';

/** The copies of the files that a document refers to. */
export interface FileLocations {
  /** Paths of copied files, relative to the document. */
  readonly files: ReadonlySet<string>;
  /** Relative URL of the directory that contains the copies. */
  readonly source: string;
}

export interface Document {
  /** Text of the first heading. */
  readonly title: string | undefined;
  /** URLs of links and pictures, as written in the text. */
  readonly references: ReadonlySet<string>;
  /** Whether the page needs the script that draws diagrams. */
  readonly diagrams: boolean;
  /** Whether the page needs the style sheet of formulas. */
  readonly formulas: boolean;
  /** Renders sanitised HTML. Call once. */
  html(locations: FileLocations): Promise<string>;
}

/** Maps a URL of the document to a URL for the page, or undefined if its target is not available. */
export type Resolve = (url: string) => string | undefined;

let parser: MarkdownIt | undefined;

function sharedParser(): MarkdownIt {
  if (parser) return parser;
  parser = createParser({ html: true, linkify: true });
  parser.use(footnotes).use(tasks).use(alerts).use(headings).use(wwwLinks);
  parser.use(formulas).use(diagrams);
  return parser;
}

/** Parses a Markdown text. */
export function parse(text: string): Document {
  const { meta, rest } = frontMatter(text.replace(/^\uFEFF/, ''));
  const markdown = sharedParser();
  const env = {};
  const tokens = markdown.parse(rest, env);
  const allTokens = tokens.flatMap((token) => [token, ...(token.children ?? [])]);
  const rawHtml = allTokens.filter((token) => token.type === 'html_block' || token.type === 'html_inline');
  const math = numberFormulas(allTokens);
  const references = new Set<string>();
  for (const token of allTokens) {
    const url = attribute(token, 'href') || attribute(token, 'src');
    if (url) references.add(url);
  }
  for (const token of rawHtml) for (const url of referencesOf(token.content).references) references.add(url);

  return {
    title: titleOf(tokens),
    references,
    diagrams: allTokens.some(isDiagram),
    formulas: math.length > 0,
    async html(locations) {
      const resolve = resolver(locations);
      for (const token of allTokens) resolveToken(token, resolve);
      await highlightFences(allTokens);
      const html = markdown.renderer.render(tokens, markdown.options, env);
      // The output of Markdown is safe; raw HTML in the text has to be sanitised.
      let sanitized = html;
      if (rawHtml.length > 0) {
        const { sanitize } = await import('./sanitize.ts');
        sanitized = sanitize(html, resolve, `${locations.source}/`);
      }
      return meta + (math.length > 0 ? await insertFormulas(sanitized, math) : sanitized);
    },
  };
}

function resolver({ files, source }: FileLocations): Resolve {
  const resolved = new Map<string, string | undefined>();
  const resolve = (url: string): string | undefined => {
    if (url.startsWith('#') || /^(?:https?:|mailto:|data:image\/)/i.test(url)) return url;
    const path = relativePath(url);
    if (path === undefined || !files.has(path)) return undefined;
    return `${source}/${relativeUrl(path)}${/#.*$/s.exec(url)?.[0] ?? ''}`;
  };
  return (url) => {
    if (!resolved.has(url)) resolved.set(url, resolve(url));
    return resolved.get(url);
  };
}

/** Points a link or picture to the copy of its target. External pictures are replaced by their alternative text. */
function resolveToken(token: Token, resolve: Resolve): void {
  if (token.type === 'link_open') {
    const href = attribute(token, 'href');
    const target = resolve(href);
    if (target === undefined) token.attrs = [['title', `Not kept with this entry: ${href}`]];
    else token.attrSet('href', target);
  } else if (token.type === 'image') {
    const src = attribute(token, 'src');
    const target = resolve(src);
    if (target !== undefined && !/^https?:/i.test(target)) token.attrSet('src', target);
    else {
      token.type = 'html_inline';
      token.content = placeholderHtml(src, token.content);
      token.children = null;
    }
  }
}

function attribute(token: Token, name: string): string {
  return String(token.attrGet(name) ?? '');
}

/** Placeholder of a picture that is not available. */
function placeholderHtml(src: string, alt: string): string {
  const title = escapeHtml(`A picture that is not kept with this entry: ${src}`);
  return `<span class="unavailable" title="${title}">${escapeHtml(alt || src.split('/').pop() || 'picture')}</span>`;
}

function titleOf(tokens: readonly Token[]): string | undefined {
  const headingIndex = tokens.findIndex((token) => token.type === 'heading_open');
  const parts =
    tokens[headingIndex + 1]?.children?.filter((token) => token.type === 'text' || token.type === 'code_inline') ?? [];
  return headingIndex < 0
    ? undefined
    : parts
        .map((token) => token.content)
        .join('')
        .trim() || undefined;
}

/** Separates the front matter, a block of YAML with metadata, from the document. */
function frontMatter(text: string): { meta: string; rest: string } {
  const match = /^---[ \t]*\r?\n([\s\S]{0,20000}?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(text);
  if (!match || !/^[\w-]+:/m.test(match[1] ?? '')) return { meta: '', rest: text };
  const meta = `<details class="meta"><summary>Front matter</summary><pre>${escapeHtml(match[1] ?? '')}</pre></details>`;
  return { meta, rest: text.slice(match[0].length) };
}
