import { messageOf } from '../../../shared/errors.ts';
import type { RenderInput, RenderOutput } from '../../../shared/format.ts';
import { escapeHtml, page } from '../../../shared/kit/page/shell.ts';
import { type Detected, decode, detectCharset, textHtml } from '../../../shared/kit/text/charset.ts';
import { plural, size } from '../../../shared/kit/text/numbers.ts';
import { readHead } from '../text/file-ends.ts';
import { describeSignature } from './file-signatures.ts';

/**
 * Runs what renders a file, and throws, before it has written a page, where nothing of the file can be shown. What it
 * throws becomes a page that says so: a file that is cut, or none of its type, is no failure of the renderer. An error
 * of the system is thrown on.
 */
export async function renderOrUnreadable(
  input: RenderInput,
  output: RenderOutput,
  render: () => Promise<void>,
): Promise<void> {
  try {
    await render();
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw error;
    const found = error instanceof Error && error.name === 'Error';
    const said = found ? error.message : `the file is broken, or not all of it is there (${messageOf(error)})`;
    await output.page(unreadablePage(input, sentence(said)));
  }
}

/** What an error says, as a sentence. */
function sentence(text: string): string {
  const said = text.trim().split('\n', 1)[0]?.slice(0, 500) || 'it could not be read';
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${/[.!?…]$/.test(said) ? '' : '.'}`;
}

/** A sentence on what a file seems to be by its first bytes, or none where they say nothing. */
export function signatureNote(head: Uint8Array): string {
  const what = describeSignature(head);
  return what ? `Its first bytes are those of: ${what}.` : '';
}

/** How a text is read; its note says so where its first bytes are those of something that is no text. */
export function detectText(head: Uint8Array): Detected {
  const found = detectCharset(head);
  const what = head.includes(0) && !found.charset.startsWith('utf-16') && signatureNote(head.subarray(0, 4096));
  return what ? { ...found, note: what } : found;
}

/** A page that says what is wrong, what the file seems to be instead, and how it begins. */
export function unreadablePage(input: RenderInput, problem: string, notes: readonly string[] = []): string {
  const head = readHead(input.path, 4096);
  const { charset } = detectCharset(head);
  const text = head.includes(0) || head.length === 0 ? '' : textHtml(decode(head, charset));
  const what = signatureNote(head);
  return page({
    title: input.title ?? input.name,
    body: `<p class="bad">${escapeHtml(problem)}</p>${what ? `<p class="note">${escapeHtml(what)}</p>` : ''}${notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('')}<p class="note">${
      text ? `How the file begins (${size(input.bytes)}):` : plural(input.bytes, 'byte')
    }</p>${text ? `<pre>\n${text}</pre>` : ''}<p><a href="${escapeHtml(input.source)}" download>Download ${escapeHtml(input.name)}</a></p>`,
  });
}
