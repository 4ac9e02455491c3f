import type { MarkdownIt, Token } from 'markdown-it';
import { escapeHtml } from '../../shared/kit/page/shell.ts';

/** Blocks called `mermaid` as what the script of diagrams looks for. It is a text until that has drawn it. */
export function diagrams(markdown: MarkdownIt): void {
  const { fence } = markdown.renderer.rules;
  markdown.renderer.rules.fence = (tokens, at, options, env, self) => {
    const token = tokens[at];
    if (token && isDiagram(token)) return `<pre class="mermaid">\n${escapeHtml(token.content)}</pre>\n`;
    return fence?.(tokens, at, options, env, self) ?? '';
  };
}

/** Whether a token is a diagram. */
export function isDiagram(token: Token): boolean {
  return token.type === 'fence' && token.info.trim() === 'mermaid';
}
