import type { MarkdownIt, Token } from 'markdown-it';
import { escapeHtml } from '../../shared/kit/page/shell.ts';

/** A longer formula is none, and beyond so much HTML the formulas of a document stay as they are written. */
const LONGEST = 5000;
const MOST = 120_000;

/** How the place of a formula is written until the rest of the document has been made harmless. */
const PLACE = /<(span|div) class="math">(\d+)<\/\1>/g;

/** `$…$`, `$$…$$`, `` $`…`$ `` and blocks called `math`, as GitHub has them. Each is a token with the formula in it. */
export function formulas(markdown: MarkdownIt): void {
  markdown.inline.ruler.after('escape', 'math', (state, silent) => {
    const rest = state.src.slice(state.pos, state.pos + LONGEST);
    // Money is no formula: no space inside of the signs, and no letter or digit around them.
    if (/\w/.test(state.src.charAt(state.pos - 1))) return false;
    const found =
      /^\$`([^`]+)`\$/.exec(rest) ??
      /^\$\$((?:[^$\\]|\\[\s\S])+)\$\$/.exec(rest) ??
      /^\$((?![\s$])(?:[^$\\`]|\\[\s\S])*?(?:[^\s\\$`]|\\[^\s]))\$(?!\w)/.exec(rest);
    if (!found?.[1] || /\n\s*\n/.test(found[1])) return false;
    if (!silent) {
      const token = state.push('math', 'span', 0);
      token.content = found[1];
      token.markup = found[0].startsWith('$$') ? '$$' : '$';
    }
    state.pos += found[0].length;
    return true;
  });
  markdown.block.ruler.before(
    'fence',
    'math',
    (state, from, to, silent) => {
      const line = (n: number) => state.getLines(n, n + 1, state.blkIndent, false).trim();
      if (!line(from).startsWith('$$')) return false;
      const one = /^\$\$(.+)\$\$$/.exec(line(from));
      let end = from;
      if (!one) while (end + 1 < to && !line(++end).endsWith('$$'));
      if (!one && (end === from || !line(end).endsWith('$$'))) return false;
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
  markdown.renderer.rules.math = (tokens, at) => {
    const token = tokens[at];
    const number = token?.meta?.formula;
    return `<${token?.tag} class="math">${typeof number === 'number' ? number : ''}</${token?.tag}>`;
  };
}

/** Gives each formula its number, by which its place is known in what is rendered. */
export function numberFormulas(tokens: readonly Token[]): Token[] {
  const found = tokens.filter((token) => token.type === 'math');
  for (const [i, token] of found.entries()) token.meta = { formula: i };
  return found;
}

/** Puts the formulas into a document that has been made harmless. Called where there are some. */
export async function setFormulas(html: string, tokens: readonly Token[]): Promise<string> {
  const { default: katex } = await import('katex');
  let room = MOST;
  const set = (token: Token): string => {
    const { content, markup } = token;
    const written = `<code>${escapeHtml(`${markup}${content}${markup}`)}</code>`;
    if (content.length > LONGEST || room <= 0) return written;
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
      room -= math.length;
      return `<span role="math" aria-label="${escapeHtml(content.trim())}">${math}</span>`;
    } catch (error) {
      // What is wrong with a formula concerns it alone.
      const why = error instanceof Error ? error.message.replace(/^KaTeX parse error: /, '') : String(error);
      return `<span class="bad" title="${escapeHtml(why)}">${written}</span>`;
    }
  };
  return html.replace(PLACE, (all, tag: string, number: string) => {
    const token = tokens[Number(number)];
    if (!token) return all;
    return `<${tag} class="math">${set(token)}</${tag}>`;
  });
}
