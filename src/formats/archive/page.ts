import { stat } from 'node:fs/promises';
import { LISTING_STYLE, listingHtml } from '../../node/kit/listing/listing-html.ts';
import type { Member } from '../../node/kit/listing/member-tree.ts';
import { signatureNote } from '../../node/kit/page/unreadable.ts';
import { readHead } from '../../node/kit/text/file-ends.ts';
import { textPage } from '../../node/kit/text/text-page.ts';
import type { RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { count, firstOf, plural, size } from '../../shared/kit/text/numbers.ts';
import { lookDeeper } from './deeper.ts';
import { createInside } from './inside.ts';
import { readArchive } from './read.ts';
import type { Limits } from './source.ts';

/** Who unpacks to more than so many times its size wants to be known. */
const BOMB = 1000;
/** What is shown of a file that is no archive. */
const HEX = { whole: 4096, head: 3840, tail: 256 };

/** Writes the page of an archive or a compressed file. @param limits how far a compressed one is read */
export async function archivePage(input: RenderInput, output: RenderOutput, limits?: Limits): Promise<void> {
  const bytes = (await stat(input.path)).size;
  const head = readHead(input.path, 4096);
  const found = await readArchive(input.path, input.name, head, bytes, createInside(output, lookDeeper()), limits);
  const { members, what, fault, encrypted } = found;
  // The whole may tell what its beginning does not.
  if (input.part && members.length === 0 && fault) throw new Error(fault);
  const packed = members.some((member) => member.packed !== undefined);
  const { html, rows } = listingHtml(members, escapeHtml(summary(what, members, bytes, fault !== undefined)), packed);
  const notes = [
    fault &&
      !input.part &&
      `Not read to its end: ${fault.replace(/\.$/, '')}.${members.length > 0 ? ' What was found before is listed.' : ''}`,
    members.length === 0 && fault ? signatureNote(head) : '',
    ...warnings(members, bytes, encrypted ?? false),
  ];
  const list = notes.map((note) => (note ? `<p class="bad" role="note">${escapeHtml(note)}</p>` : '')).join('');
  if (members.length === 0 && fault) return textPage(input, output, { mode: 'hex', limits: HEX, htmlAbove: list });
  const left =
    rows.length < members.length
      ? `<p class="note">${firstOf(rows.length, members.length, 'member')} The upper folders come first.</p>`
      : '';
  await output.page(
    page({
      title: input.title ?? input.name,
      style: LISTING_STYLE,
      body: list + html + left,
      scripts: [output.asset('listing.js')],
    }),
  );
}

function summary(what: string, members: readonly Member[], bytes: number, cut: boolean): string {
  const files = members.filter((member) => member.kind !== 'folder');
  const unpacked = members.reduce((sum, member) => sum + member.size, 0);
  const ratio = !cut && bytes > 0 && unpacked > 0 ? ` (${ratioOf(unpacked / bytes)} : 1)` : '';
  return `${what} · ${cut ? 'at least ' : ''}${plural(files.length, 'file')} · ${size(bytes)}, unpacks to ${
    cut ? 'at least ' : ''
  }${size(unpacked)}${ratio}`;
}

function ratioOf(ratio: number): string {
  return ratio < 9.95 ? ratio.toFixed(1) : count(ratio);
}

function warnings(members: readonly Member[], bytes: number, encrypted: boolean): string[] {
  const outside = members.filter(({ path }) => /^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(path)).length;
  const unpacked = members.reduce((sum, member) => sum + member.size, 0);
  return [
    encrypted ? 'Some of it is encrypted: names and sizes are all that can be seen.' : '',
    outside > 0 ? `${plural(outside, 'name')} in it would lead out of the folder where it is unpacked.` : '',
    unpacked > bytes * BOMB ? `It unpacks to ${count(unpacked / bytes)} times its size.` : '',
  ];
}
