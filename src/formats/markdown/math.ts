import type { MarkdownIt, Token } from 'markdown-it';
import { escapeHtml } from '../../shared/kit/page/shell.ts';

/** The longest formula, and the largest HTML of all formulas, characters. Formulas beyond that are shown as source. */
const MAX_FORMULA = 5000;
const MAX_HTML = 120_000;

/** Placeholder of a formula, which is replaced after the document has been sanitised. */
const PLACEHOLDER = /<(span|div) class="math">(\d+)<\/\1>/g;

/** Parses formulas as GitHub does: `$…$`, `$$…$$`, `` $`…`$ `` and blocks named `math`. Each becomes a `math` token. */
export function formulas(markdown: MarkdownIt): void {
  markdown.inline.ruler.after('escape', 'math', (state, silent) => {
    const source = state.src.slice(state.pos, state.pos + MAX_FORMULA);
    // Unlike an amount of money, a formula has no space inside the dollar signs and no letter or digit beside them.
    if (/\w/.test(state.src.charAt(state.pos - 1))) return false;
    const match =
      /^\$`([^`]+)`\$/.exec(source) ??
      /^\$\$((?:[^$\\]|\\[\s\S])+)\$\$/.exec(source) ??
      /^\$((?![\s$])(?:[^$\\`]|\\[\s\S])*?(?:[^\s\\$`]|\\[^\s]))\$(?!\w)/.exec(source);
    if (!match?.[1] || /\n\s*\n/.test(match[1])) return false;
    if (!silent) {
      const token = state.push('math', 'span', 0);
      token.content = match[1];
      token.markup = match[0].startsWith('$$') ? '$$' : '$';
    }
    state.pos += match[0].length;
    return true;
  });
  markdown.block.ruler.before(
    'fence',
    'math',
    (state, from, to, silent) => {
      const line = (n: number) => state.getLines(n, n + 1, state.blkIndent, false).trim();
      if (!line(from).startsWith('$$')) return false;
      const singleLine = /^\$\$(.+)\$\$$/.exec(line(from));
      let end = from;
      if (!singleLine) while (end + 1 < to && !line(++end).endsWith('$$'));
      if (!singleLine && (end === from || !line(end).endsWith('$$'))) return false;
      if (silent) return true;
      const text = state.getLines(from, end + 1, state.blkIndent, false).trim();
      const token = state.push('math', 'div', 0);
      token.content = text.slice(2, -2);
      token.markup = '$$';
      token.block = true;
      token.map = [from, end + 1];
      state.line = end + 1;
      return true;
    },
    { alt: ['paragraph', 'blockquote', 'list'] },
  );
  markdown.core.ruler.push('math', ({ tokens }) => {
    for (const token of tokens) {
      if (token.type !== 'fence' || token.info.trim() !== 'math') continue;
      token.type = 'math';
      token.tag = 'div';
      token.markup = '$$';
    }
  });
  markdown.renderer.rules.math = (tokens, index) => {
    const token = tokens[index];
    const number = token?.meta?.formula;
    return `<${token?.tag} class="math">${typeof number === 'number' ? number : ''}</${token?.tag}>`;
  };
}

/** Numbers the formulas, so that placeholders can refer to them. */
export function numberFormulas(tokens: readonly Token[]): Token[] {
  const formulaTokens = tokens.filter((token) => token.type === 'math');
  for (const [i, token] of formulaTokens.entries()) token.meta = { formula: i };
  return formulaTokens;
}

/** Replaces the placeholders in sanitised HTML by rendered formulas. */
export async function insertFormulas(html: string, tokens: readonly Token[]): Promise<string> {
  const { default: katex } = await import('katex');
  let remaining = MAX_HTML;
  const renderFormula = (token: Token): string => {
    const { content, markup } = token;
    const sourceHtml = `<code>${escapeHtml(`${markup}${content}${markup}`)}</code>`;
    if (content.length > MAX_FORMULA || remaining <= 0) return sourceHtml;
    try {
      const math = katex.renderToString(content, {
        output: 'html',
        displayMode: markup === '$$',
        throwOnError: true,
        errorColor: 'var(--bad)',
        strict: 'ignore',
        maxExpand: 300,
        maxSize: 30,
      });
      remaining -= math.length;
      return `<span role="math" aria-label="${escapeHtml(content.trim())}">${math}</span>`;
    } catch (error) {
      // An invalid formula must not affect the rest of the document.
      const message = error instanceof Error ? error.message.replace(/^KaTeX parse error: /, '') : String(error);
      return `<span class="bad" title="${escapeHtml(message)}">${sourceHtml}</span>`;
    }
  };
  return html.replace(PLACEHOLDER, (all, tag: string, number: string) => {
    const token = tokens[Number(number)];
    if (!token) return all;
    return `<${tag} class="math">${renderFormula(token)}</${tag}>`;
  });
}
