import { readHead } from '../../node/kit/text/file-ends.ts';
import { TEXT_LIMITS, textPage } from '../../node/kit/text/text-page.ts';
import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { isText } from '../../shared/kit/text/charset.ts';
import { size } from '../../shared/kit/text/numbers.ts';

/** Larger than what servers let through; of a larger one the beginning is read. */
const MAX_BYTES = 32 * 1024 * 1024;
/** As many lines as so large a mail has: what has more of them, which are short, would take long to be read. */
const MAX_LINES = 600_000;
/** Mails within mails that are read as part of it: each is read again with the one that holds it. */
const MAX_WITHIN = 50;

/** Headers that mails begin with. */
const FIRST =
  /^(?:Return-Path|Received|Delivered-To|From|To|Subject|Date|Message-ID|MIME-Version|Reply-To|Sender|Content-Type|DKIM-Signature|Authentication-Results|ARC-[\w-]+|X-[\w-]+):/i;
const USUAL = /^(?:From|To|Subject|Date|Message-ID|MIME-Version|Received):/gim;

/** A frame without an origin may name a download only where it comes from itself: what is fetched first does. */
const SCRIPT = `addEventListener('click',function(e){var a=e.target.closest('.files a');if(!a||a.protocol==='blob:')return;e.preventDefault();var u=a.href;
fetch(u).then(function(r){if(!r.ok)throw r;return r.blob()}).then(function(b){a.href=URL.createObjectURL(b);a.click()}).catch(function(){location.href=u})})`;

export default {
  name: 'mail',
  about: 'Mails: who, when and what, the text without what runs or is loaded from elsewhere, attachments to download',
  types: ['eml'],
  searchText: 'page',
  preview: true,
  first: 64 * 1024,

  sniff(head) {
    if (!isText(head)) return undefined;
    const headers = new TextDecoder().decode(head).split(/\r?\n\r?\n/)[0] ?? '';
    const names = new Set(headers.match(USUAL)?.map((name) => name.toLowerCase()));
    const only = headers
      .split(/\r?\n/)
      .every((line, i, all) => /^(?:[!-9;-~]+:|[ \t])/.test(line) || i === all.length - 1);
    return FIRST.test(headers) && only && names.has('from:') && names.size >= 3 ? 'eml' : undefined;
  },

  async render(input, output) {
    const { renderOrUnreadable: orUnreadable } = await import('../../node/kit/page/unreadable.ts');
    await orUnreadable(input, output, () => show(input, output));
  },
} satisfies Format;

/** Writes the page. Throws where nothing of the file can be shown. */
async function show(input: RenderInput, output: RenderOutput): Promise<void> {
  const { default: PostalMime } = await import('postal-mime');
  const { bodyHtml, headersHtml, headHtml } = await import('./html.ts');
  const { filesHtml, keepAttachments } = await import('./files.ts');
  const { MAIL_STYLE } = await import('./style.ts');
  const bytes = firstLines(readHead(input.path, MAX_BYTES));
  const mail = await PostalMime.parse(bytes, { forceRfc822Attachments: mailsWithin(bytes) > MAX_WITHIN });
  if (!mail.from && !mail.subject && !mail.date && !mail.messageId)
    return textPage(input, output, {
      mode: 'text',
      limits: TEXT_LIMITS,
      htmlAbove: bytes.length > 0 ? '<p class="bad">It has no headers of a mail.</p>' : '',
    });
  const files = await keepAttachments(mail.attachments, output);
  const body = bodyHtml(mail, files);
  const notes = [
    body.note,
    input.bytes > bytes.length ? `The beginning of a mail of ${size(input.bytes)}.` : '',
  ].filter(Boolean);
  // A picture that stands in the text need not be in the list.
  const listed = files.filter(({ contentId, url }) => !contentId || !body.html.includes(url));
  const whole = `<a href="${escapeHtml(input.source)}" download="${escapeHtml(input.name)}">The mail as it came</a>`;
  await output.page(
    page({
      title: input.title ?? mail.subject ?? input.name,
      style: MAIL_STYLE,
      body: `<main>${headHtml(mail)}${notes.map((note) => `<p class="note" role="note">${note}</p>`).join('')}${body.html}${filesHtml(listed, mail.attachments.length - (files.length - listed.length))}<section>${headersHtml(mail)}<p class="note">${whole}</p></section></main>`,
      ...(listed.length > 0 && { script: SCRIPT }),
    }),
  );
}

/** What there is up to the end of the last line that is read. */
function firstLines(bytes: Uint8Array): Uint8Array {
  let end = -1;
  for (let lines = 0; lines < MAX_LINES; lines++) {
    end = bytes.indexOf(10, end + 1);
    if (end < 0) return bytes;
  }
  return bytes.subarray(0, end + 1);
}

/** How many mails may be within this one, at most one more than are read. */
function mailsWithin(bytes: Uint8Array): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let count = 0;
  for (let at = text.indexOf('/rfc822'); at >= 0 && count <= MAX_WITHIN; at = text.indexOf('/rfc822', at + 1)) count++;
  return count;
}
