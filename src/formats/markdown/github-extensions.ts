import type { MarkdownIt, Token } from 'markdown-it';

/** Extensions of GitHub's Markdown that markdown-it does not have, as rules over its tokens. */

/** Task lists: `- [ ]` and `- [x]` become disabled check boxes. */
export function tasks(markdown: MarkdownIt): void {
  markdown.core.ruler.after('inline', 'tasks', ({ tokens, Token: TokenClass }) => {
    tokens.forEach((token, i) => {
      const item = tokens[i - 2];
      const first = token.children?.[0];
      const checkbox =
        token.type === 'inline' && item?.type === 'list_item_open' && /^\[([ xX])\](?=\s|$)/.exec(first?.content ?? '');
      if (!checkbox || !first || first.type !== 'text' || tokens[i - 1]?.type !== 'paragraph_open') return;
      first.content = first.content.slice(checkbox[0].length).trimStart();
      const input = new TokenClass('html_task', 'input', 0);
      input.attrs = [
        ['type', 'checkbox'],
        ['disabled', ''],
        ...(checkbox[1] === ' ' ? [] : [['checked', ''] as [string, string]]),
      ];
      token.children?.unshift(input);
      listOf(tokens, i - 2)?.attrSet('class', 'tasks');
    });
  });
}

/** The opening token of the list that the item at `itemIndex` belongs to. */
function listOf(tokens: readonly Token[], itemIndex: number): Token | undefined {
  const level = (tokens[itemIndex]?.level ?? 0) - 1;
  for (let i = itemIndex - 1; i >= 0; i--) {
    const token = tokens[i];
    if (token?.level === level && /^(?:bullet|ordered)_list_open$/.test(token.type)) return token;
  }
  return undefined;
}

/** Alerts: quotes that begin with `[!NOTE]`, `[!TIP]`, `[!IMPORTANT]`, `[!WARNING]` or `[!CAUTION]`. */
export function alerts(markdown: MarkdownIt): void {
  markdown.core.ruler.after('inline', 'alerts', ({ tokens, Token: TokenClass }) => {
    tokens.forEach((token, i) => {
      const first = tokens[i + 2]?.children?.[0];
      const kind =
        token.type === 'blockquote_open' &&
        /^\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*$/i.exec(first?.content ?? '')?.[1];
      if (!kind || !first) return;
      token.attrSet('class', `alert alert-${kind.toLowerCase()}`);
      const label = new TokenClass('text', '', 0);
      label.content = `${kind.charAt(0).toUpperCase()}${kind.slice(1).toLowerCase()}`;
      const parts = [new TokenClass('strong_open', 'strong', 1), label, new TokenClass('strong_close', 'strong', -1)];
      tokens[i + 2]?.children?.splice(0, 1, ...parts);
    });
  });
}

/** Gives headings ids, made from their text as GitHub does: `## How it works` has the id `how-it-works`. */
export function headings(markdown: MarkdownIt): void {
  markdown.core.ruler.push('headings', ({ tokens }) => {
    const used = new Map<string, number>();
    tokens.forEach((token, i) => {
      if (token.type !== 'heading_open') return;
      const text = (tokens[i + 1]?.children ?? []).filter(
        (part) => part.type === 'text' || part.type === 'code_inline',
      );
      const slug = text
        .map((part) => part.content)
        .join('')
        .trim()
        .toLowerCase()
        .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
        .replaceAll(' ', '-');
      const uses = used.get(slug) ?? 0;
      used.set(slug, uses + 1);
      token.attrSet('id', uses === 0 ? slug : `${slug}-${uses}`);
    });
  });
}

/** Links `www.example.org`, but not other names that look like a host, such as `notes.md`. */
export function wwwLinks(markdown: MarkdownIt): void {
  markdown.linkify.set({ fuzzyLink: false });
  markdown.linkify.add('www.', {
    validate: (text, offset) =>
      /^[a-z\d-]+(?:\.[a-z\d-]+)+(?:[/?#][^\s<>"]*[^\s<>"'.,;:!?)*_~])?/i.exec(text.slice(offset, offset + 2048))?.[0]
        .length ?? 0,
    normalize: (match) => {
      match.url = `http://${match.url}`;
    },
  });
}
