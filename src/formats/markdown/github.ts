import type { MarkdownIt, Token } from 'markdown-it';

/** What GitHub adds to Markdown that markdown-it leaves out: each a small rule over its tokens. */

/** `- [ ]` and `- [x]` as check boxes that show and do not switch. */
export function tasks(markdown: MarkdownIt): void {
  markdown.core.ruler.after('inline', 'tasks', ({ tokens, Token: Make }) => {
    tokens.forEach((token, i) => {
      const item = tokens[i - 2];
      const first = token.children?.[0];
      const box =
        token.type === 'inline' && item?.type === 'list_item_open' && /^\[([ xX])\](?=\s|$)/.exec(first?.content ?? '');
      if (!box || !first || first.type !== 'text' || tokens[i - 1]?.type !== 'paragraph_open') return;
      first.content = first.content.slice(box[0].length).trimStart();
      const input = new Make('html_task', 'input', 0);
      input.attrs = [
        ['type', 'checkbox'],
        ['disabled', ''],
        ...(box[1] === ' ' ? [] : [['checked', ''] as [string, string]]),
      ];
      token.children?.unshift(input);
      listOf(tokens, i - 2)?.attrSet('class', 'tasks');
    });
  });
}

/** The opening of the list that the item at `at` belongs to. */
function listOf(tokens: readonly Token[], at: number): Token | undefined {
  const level = (tokens[at]?.level ?? 0) - 1;
  for (let i = at - 1; i >= 0; i--) {
    const token = tokens[i];
    if (token?.level === level && /^(?:bullet|ordered)_list_open$/.test(token.type)) return token;
  }
  return undefined;
}

/** A quote that begins with `[!NOTE]`, `[!TIP]`, `[!IMPORTANT]`, `[!WARNING]` or `[!CAUTION]`. */
export function alerts(markdown: MarkdownIt): void {
  markdown.core.ruler.after('inline', 'alerts', ({ tokens, Token: Make }) => {
    tokens.forEach((token, i) => {
      const first = tokens[i + 2]?.children?.[0];
      const kind =
        token.type === 'blockquote_open' &&
        /^\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*$/i.exec(first?.content ?? '')?.[1];
      if (!kind || !first) return;
      token.attrSet('class', `alert alert-${kind.toLowerCase()}`);
      const label = new Make('text', '', 0);
      label.content = `${kind.charAt(0).toUpperCase()}${kind.slice(1).toLowerCase()}`;
      const parts = [new Make('strong_open', 'strong', 1), label, new Make('strong_close', 'strong', -1)];
      tokens[i + 2]?.children?.splice(0, 1, ...parts);
    });
  });
}

/** Headings can be linked to by their text: `## How it works` is `#how-it-works`. */
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
      const times = used.get(slug) ?? 0;
      used.set(slug, times + 1);
      token.attrSet('id', times === 0 ? slug : `${slug}-${times}`);
    });
  });
}

/** `www.example.org` is a link; a name that only looks like a host, as `notes.md`, is none. */
export function wwwLinks(markdown: MarkdownIt): void {
  markdown.linkify.set({ fuzzyLink: false });
  markdown.linkify.add('www.', {
    validate: (text, at) =>
      /^[a-z\d-]+(?:\.[a-z\d-]+)+(?:[/?#][^\s<>"]*[^\s<>"'.,;:!?)*_~])?/i.exec(text.slice(at, at + 2048))?.[0].length ??
      0,
    normalize: (match) => {
      match.url = `http://${match.url}`;
    },
  });
}
