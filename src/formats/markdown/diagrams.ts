import type { MarkdownIt, Token } from 'markdown-it';
import { escapeHtml } from '../../shared/kit/page/shell.ts';

/** Renders `mermaid` blocks as `<pre class="mermaid">`, which the script `mermaid.js` replaces by drawings. */
export function diagrams(markdown: MarkdownIt): void {
  const { fence } = markdown.renderer.rules;
  markdown.renderer.rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index];
    if (token && isDiagram(token)) return `<pre class="mermaid">\n${escapeHtml(token.content)}</pre>\n`;
    return fence?.(tokens, index, options, env, self) ?? '';
  };
}

/** Whether a token is a diagram. */
export function isDiagram(token: Token): boolean {
  return token.type === 'fence' && token.info.trim() === 'mermaid';
}
