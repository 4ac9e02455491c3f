import { readHead } from '../../node/kit/text/file-ends.ts';
import { TEXT_LIMITS, textPage } from '../../node/kit/text/text-page.ts';
import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { isText } from '../../shared/kit/text/charset.ts';
import { size } from '../../shared/kit/text/numbers.ts';

/** The largest number of bytes that are read. Few mail servers accept larger mails. */
const MAX_BYTES = 32 * 1024 * 1024;
/**
 * The largest number of lines that are read, because many short lines take long to parse. With lines of usual length,
 * a mail of `MAX_BYTES` has fewer.
 */
const MAX_LINES = 600_000;
/** With more nested mails than this, they become attachments, because each level is parsed again with its parent. */
const MAX_NESTED = 50;

/** Headers at the beginning of mails. */
const FIRST_HEADER =
  /^(?:Return-Path|Received|Delivered-To|From|To|Subject|Date|Message-ID|MIME-Version|Reply-To|Sender|Content-Type|DKIM-Signature|Authentication-Results|ARC-[\w-]+|X-[\w-]+):/i;
const COMMON_HEADERS = /^(?:From|To|Subject|Date|Message-ID|MIME-Version|Received):/gim;

/**
 * Downloads attachments under their names. In a frame without origin, browsers use the name of a download only for
 * blobs, so the script fetches the attachment first.
 */
const SCRIPT = `addEventListener('click',function(e){var a=e.target.closest('.files a');if(!a||a.protocol==='blob:')return;e.preventDefault();var u=a.href;
fetch(u).then(function(r){if(!r.ok)throw r;return r.blob()}).then(function(b){a.href=URL.createObjectURL(b);a.click()}).catch(function(){location.href=u})})`;

export default {
  name: 'mail',
  about: 'Mails: headers, the text without scripts and external content, attachments to download',
  types: ['eml'],
  searchText: 'page',
  preview: true,
  first: 64 * 1024,

  sniff(head) {
    if (!isText(head)) return undefined;
    const headers = new TextDecoder().decode(head).split(/\r?\n\r?\n/)[0] ?? '';
    const names = new Set(headers.match(COMMON_HEADERS)?.map((name) => name.toLowerCase()));
    const allAreHeaders = headers
      .split(/\r?\n/)
      .every((line, i, all) => /^(?:[!-9;-~]+:|[ \t])/.test(line) || i === all.length - 1);
    return FIRST_HEADER.test(headers) && allAreHeaders && names.has('from:') && names.size >= 3 ? 'eml' : undefined;
  },

  async render(input, output) {
    const { renderOrUnreadable } = await import('../../node/kit/page/unreadable.ts');
    await renderOrUnreadable(input, output, () => writePage(input, output));
  },
} satisfies Format;

/** Writes the page. Throws if nothing of the file can be shown. */
async function writePage(input: RenderInput, output: RenderOutput): Promise<void> {
  const { default: PostalMime } = await import('postal-mime');
  const { bodyHtml, headersHtml, headHtml } = await import('./html.ts');
  const { filesHtml, saveAttachments } = await import('./attachments.ts');
  const { MAIL_STYLE } = await import('./style.ts');
  const bytes = firstLines(readHead(input.path, MAX_BYTES));
  const mail = await PostalMime.parse(bytes, { forceRfc822Attachments: countNestedMails(bytes) > MAX_NESTED });
  if (!mail.from && !mail.subject && !mail.date && !mail.messageId)
    return textPage(input, output, {
      mode: 'text',
      limits: TEXT_LIMITS,
      htmlAbove: bytes.length > 0 ? '<p class="bad">This file has no mail headers.</p>' : '',
    });
  const files = await saveAttachments(mail.attachments, output);
  const body = bodyHtml(mail, files);
  const notes = [
    body.note,
    input.bytes > bytes.length ? `The beginning of a mail of ${size(input.bytes)}.` : '',
  ].filter(Boolean);
  // Pictures that the text shows are not listed.
  const listedFiles = files.filter(({ contentId, url }) => !contentId || !body.html.includes(url));
  const sourceLink = `<a href="${escapeHtml(input.source)}" download="${escapeHtml(input.name)}">The original mail</a>`;
  const notesHtml = notes.map((note) => `<p class="note" role="note">${note}</p>`).join('');
  const inlineCount = files.length - listedFiles.length;
  const attachmentsHtml = filesHtml(listedFiles, mail.attachments.length - inlineCount);
  await output.page(
    page({
      title: input.title ?? mail.subject ?? input.name,
      style: MAIL_STYLE,
      body: `<main>${headHtml(mail)}${notesHtml}${body.html}${attachmentsHtml}<section>${headersHtml(mail)}<p class="note">${sourceLink}</p></section></main>`,
      ...(listedFiles.length > 0 && { script: SCRIPT }),
    }),
  );
}

/** The first `MAX_LINES` lines. */
function firstLines(bytes: Uint8Array): Uint8Array {
  let end = -1;
  for (let lines = 0; lines < MAX_LINES; lines++) {
    end = bytes.indexOf(10, end + 1);
    if (end < 0) return bytes;
  }
  return bytes.subarray(0, end + 1);
}

/** An estimate of the number of nested mails, at most `MAX_NESTED + 1`. */
function countNestedMails(bytes: Uint8Array): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let count = 0;
  for (
    let offset = text.indexOf('/rfc822');
    offset >= 0 && count <= MAX_NESTED;
    offset = text.indexOf('/rfc822', offset + 1)
  )
    count++;
  return count;
}
