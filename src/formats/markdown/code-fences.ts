import type { Token } from 'markdown-it';
import { languageOf } from '../../shared/kit/code/languages.ts';
import { escapeHtml } from '../../shared/kit/page/shell.ts';

/** The largest number of characters of code that are highlighted in one document. */
const MAX_HIGHLIGHTED = 64 * 1024;

/** Adds syntax colours to code blocks with a known language. Loads the grammars only if there are any. */
export async function highlightFences(tokens: readonly Token[]): Promise<void> {
  let highlighted = 0;
  for (const token of tokens) {
    const language = token.type === 'fence' ? (/^[^\s{,:]+/.exec(token.info.trim())?.[0] ?? '') : '';
    if (!language || !languageOf(language)) continue;
    highlighted += token.content.length;
    if (highlighted > MAX_HIGHLIGHTED) return;
    const { createHighlighter } = await import('../../shared/kit/code/highlight.ts');
    const highlight = await createHighlighter(language);
    if (!highlight) continue;
    token.type = 'html_block';
    token.content = `<pre><code class="language-${escapeHtml(language)}">${highlight(token.content)}</code></pre>\n`;
  }
}
