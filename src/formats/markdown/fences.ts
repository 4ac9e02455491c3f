import type { Token } from 'markdown-it';
import { languageOf } from '../../shared/kit/code/languages.ts';
import { escapeHtml } from '../../shared/kit/page/shell.ts';

/** Code that is painted in one document; what comes behind it stays as it is. */
const MAX_PAINTED = 64 * 1024;

/** Paints blocks of code that say what language they are in. The grammars are loaded only where there are some. */
export async function paintFences(tokens: readonly Token[]): Promise<void> {
  let painted = 0;
  for (const token of tokens) {
    const word = token.type === 'fence' ? (/^[^\s{,:]+/.exec(token.info.trim())?.[0] ?? '') : '';
    if (!word || !languageOf(word)) continue;
    painted += token.content.length;
    if (painted > MAX_PAINTED) return;
    const { createHighlighter: painter } = await import('../../shared/kit/code/highlight.ts');
    const paint = await painter(word);
    if (!paint) continue;
    token.type = 'html_block';
    token.content = `<pre><code class="language-${escapeHtml(word)}">${paint(token.content)}</code></pre>\n`;
  }
}
