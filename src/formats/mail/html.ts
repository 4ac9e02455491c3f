import type { Address, Email } from 'postal-mime';
import { escapeHtml } from '../../shared/kit/page/shell.ts';
import { textHtml } from '../../shared/kit/text/charset.ts';
import { plural } from '../../shared/kit/text/numbers.ts';
import { sanitize } from '../markdown/sanitize.ts';
import type { SavedAttachment } from './attachments.ts';

/** The largest HTML that is sanitised, the largest result, and the longest plain text and headers; characters. */
const MAX_HTML = 400_000;
const MAX_BODY = 140_000;
const MAX_TEXT = 40_000;
const MAX_HEADERS = 30_000;

/** Subject, sender, recipients and date. */
export function headHtml(mail: Email): string {
  const header = (key: string) => mail.headers.find((entry) => entry.key === key)?.value;
  const rows = [
    ['From', addressList(mail.from ? [mail.from] : [])],
    ['To', addressList(mail.to)],
    ['Cc', addressList(mail.cc)],
    ['Bcc', addressList(mail.bcc)],
    ['Reply to', addressList(mail.replyTo)],
    ['Date', header('date')?.slice(0, 200) ?? ''],
  ].filter(([, value]) => value);
  const list = rows.map(([name, value = '']) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join('');
  return `<h1>${escapeHtml(mail.subject?.trim().slice(0, 1000) || 'No subject')}</h1><dl>${list}</dl>`;
}

function addressList(addresses: readonly Address[] | undefined): string {
  const flat = (addresses ?? []).flatMap((entry) => entry.group ?? [entry]);
  const names = flat
    .slice(0, 50)
    .map(({ name, address }) =>
      name && address ? `${/[,;<>]/.test(name) ? JSON.stringify(name) : name} <${address}>` : address || name,
    );
  return [...names, ...(flat.length > 50 ? [`and ${flat.length - 50} more`] : [])].join(', ').slice(0, 10_000);
}

/**
 * The body of a mail: its sanitised HTML, with the plain text in `<details>`. `note`: a sentence about content that is
 * not shown.
 */
export function bodyHtml(mail: Email, files: readonly SavedAttachment[]): { html: string; note: string } {
  const text = mail.text?.trim() ? plainHtml(mail.text) : '';
  const html = mail.html && mail.html.length <= MAX_HTML ? sanitizedHtml(mail.html, files) : undefined;
  if (html !== undefined && html.length <= MAX_BODY) {
    const externalCount = html.match(/class="unavailable"/g)?.length ?? 0;
    return {
      html: `<div class="html">${html}</div>${text ? `<details><summary>Text</summary>${text}</details>` : ''}`,
      note: externalCount > 0 ? `Not loaded: ${plural(externalCount, 'external picture')}.` : '',
    };
  }
  const note = mail.html ? 'Its HTML is too large to be shown.' : '';
  return { html: text || '<p class="note">This mail has no text.</p>', note };
}

/** Removes scripts and external resources. Pictures attached to the mail are shown. */
function sanitizedHtml(html: string, files: readonly SavedAttachment[]): string {
  const pictures = new Map(
    files.flatMap((file) => (file.contentId && file.isPicture ? [[file.contentId, file.url]] : [])),
  );
  // Remove the head.
  const body = html.slice(Math.max(0, html.search(/<body\b/i)));
  return sanitize(
    body,
    (url) => {
      if (/^cid:/i.test(url)) return pictures.get(decodeUri(url.slice(4)));
      return /^(?:https?:|mailto:|#|data:image\/)/i.test(url) ? url : undefined;
    },
    '\0',
  );
}

function decodeUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Plain text, with quoted lines dimmed. */
function plainHtml(text: string): string {
  const quotedHtml = textHtml(text.slice(0, MAX_TEXT)).replace(/^(?:&gt;).*$/gm, '<span class="quoted">$&</span>');
  return `<pre>\n${quotedHtml}</pre>${text.length > MAX_TEXT ? '<p class="note">The rest of the text is not shown.</p>' : ''}`;
}

/** All headers, unchanged. */
export function headersHtml(mail: Email): string {
  const lines = mail.headers.map(({ originalKey, value }) => `${originalKey}: ${value}`).join('\n');
  return `<details><summary>All headers</summary><pre>\n${textHtml(lines.slice(0, MAX_HEADERS))}</pre></details>`;
}
