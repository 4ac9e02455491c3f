import type { RenderInput } from '../model/renderer.ts';
import { escapeHtml, page } from './page.ts';
import { decode, detect, textHtml } from './text/charset.ts';
import { readHead } from './text/ends.ts';
import { plural, size } from './text/words.ts';

/** A page that says what is wrong, and shows how the file begins. */
export function unreadablePage(input: RenderInput, problem: string, notes: readonly string[] = []): string {
  const head = readHead(input.path, 4096);
  const { charset } = detect(head);
  const text = head.includes(0) || head.length === 0 ? '' : textHtml(decode(head, charset));
  return page({
    title: input.title ?? input.name,
    body: `<p class="bad">${escapeHtml(problem)}</p>${notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('')}<p class="note">${
      text ? `How the file begins (${size(input.bytes)}):` : plural(input.bytes, 'byte')
    }</p>${text ? `<pre>\n${text}</pre>` : ''}<p><a href="${escapeHtml(input.source)}" download>Download ${escapeHtml(input.name)}</a></p>`,
  });
}
