import { messageOf } from '../../../shared/errors.ts';
import type { RenderInput, RenderOutput } from '../../../shared/format.ts';
import { escapeHtml, page } from '../../../shared/kit/page/shell.ts';
import { type Detected, decode, detectCharset, textHtml } from '../../../shared/kit/text/charset.ts';
import { plural, size } from '../../../shared/kit/text/numbers.ts';
import { readHead } from '../text/file-ends.ts';
import { describeSignature } from './file-signatures.ts';

/**
 * Runs a renderer. If it throws before it has written a page, writes a page with the error message instead: a truncated
 * or mislabelled file is not a failure of the renderer. System errors (those with a `syscall`) are thrown on.
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
    // Renderers throw plain `Error`s with messages for people; a TypeError or RangeError comes from a parser.
    const isReadable = error instanceof Error && error.name === 'Error';
    const message = isReadable ? error.message : `the file is broken or incomplete (${messageOf(error)})`;
    await output.page(unreadablePage(input, sentence(message)));
  }
}

/** The first line of an error message, as a sentence. */
function sentence(text: string): string {
  const line = text.trim().split('\n', 1)[0]?.slice(0, 500) || 'it could not be read';
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}${/[.!?…]$/.test(line) ? '' : '.'}`;
}

/** A sentence on the format that the first bytes indicate; empty if no signature matches. */
export function signatureNote(head: Uint8Array): string {
  const description = describeSignature(head);
  return description ? `Its first bytes are those of: ${description}.` : '';
}

/** The encoding of a text. If the file looks binary, the note names the format that its first bytes indicate. */
export function detectText(head: Uint8Array): Detected {
  const detected = detectCharset(head);
  const isBinary = head.includes(0) && !detected.charset.startsWith('utf-16');
  const note = isBinary && signatureNote(head.subarray(0, 4096));
  return note ? { ...detected, note } : detected;
}

/** A page with the problem, the format that the first bytes indicate, and the beginning of the file if it is text. */
export function unreadablePage(input: RenderInput, problem: string, notes: readonly string[] = []): string {
  const head = readHead(input.path, 4096);
  const { charset } = detectCharset(head);
  const text = head.includes(0) || head.length === 0 ? '' : textHtml(decode(head, charset));
  const signature = signatureNote(head);
  const noteLines = [...(signature ? [signature] : []), ...notes].map(
    (note) => `<p class="note">${escapeHtml(note)}</p>`,
  );
  const extent = text ? `How the file begins (${size(input.bytes)}):` : plural(input.bytes, 'byte');
  const beginning = text ? `<pre>\n${text}</pre>` : '';
  const download = `<p><a href="${escapeHtml(input.source)}" download>Download ${escapeHtml(input.name)}</a></p>`;
  return page({
    title: input.title ?? input.name,
    body: `<p class="bad">${escapeHtml(problem)}</p>${noteLines.join('')}<p class="note">${extent}</p>${beginning}${download}`,
  });
}
