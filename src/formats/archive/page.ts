import { stat } from 'node:fs/promises';
import { LISTING_STYLE, listingHtml } from '../../node/kit/listing/listing-html.ts';
import type { Member } from '../../node/kit/listing/member-tree.ts';
import { signatureNote } from '../../node/kit/page/unreadable.ts';
import { readHead } from '../../node/kit/text/file-ends.ts';
import { textPage } from '../../node/kit/text/text-page.ts';
import type { RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { count, firstOf, plural, size } from '../../shared/kit/text/numbers.ts';
import type { Limits } from './byte-source.ts';
import { createMemberPreviews } from './member-previews.ts';
import { createNestedReader } from './nested-archives.ts';
import { readArchive } from './read.ts';

/** The page warns if the archive unpacks to more than this many times its size. */
const BOMB_RATIO = 1000;
/** The bytes of the hex dump that is shown if the file is not an archive. */
const HEX_LIMITS = { whole: 4096, head: 3840, tail: 256 };

/**
 * Writes the page of an archive or a compressed file.
 * @param limits how much of a compressed file is read
 */
export async function archivePage(input: RenderInput, output: RenderOutput, limits?: Limits): Promise<void> {
  const bytes = (await stat(input.path)).size;
  const head = readHead(input.path, 4096);
  const archive = await readArchive(
    input.path,
    input.name,
    head,
    bytes,
    createMemberPreviews(output, createNestedReader()),
    limits,
  );
  const { members, kind, fault, encrypted } = archive;
  // A preview that finds nothing is discarded: the complete file may still be readable.
  if (input.part && members.length === 0 && fault) throw new Error(fault);
  const hasPackedSizes = members.some((member) => member.packed !== undefined);
  const { html, rows } = listingHtml(
    members,
    escapeHtml(summary(kind, members, bytes, fault !== undefined)),
    hasPackedSizes,
  );
  const hint = members.length > 0 ? ' The members found before are listed.' : '';
  const notes = [
    fault && !input.part && `Not read to its end: ${fault.replace(/\.$/, '')}.${hint}`,
    members.length === 0 && fault ? signatureNote(head) : '',
    ...warnings(members, bytes, encrypted ?? false),
  ];
  const notesHtml = notes.map((note) => (note ? `<p class="bad" role="note">${escapeHtml(note)}</p>` : '')).join('');
  if (members.length === 0 && fault)
    return textPage(input, output, { mode: 'hex', limits: HEX_LIMITS, htmlAbove: notesHtml });
  const truncatedNote =
    rows.length < members.length
      ? `<p class="note">${firstOf(rows.length, members.length, 'member')} The upper folders come first.</p>`
      : '';
  await output.page(
    page({
      title: input.title ?? input.name,
      style: LISTING_STYLE,
      body: notesHtml + html + truncatedNote,
      scripts: [output.asset('listing.js')],
    }),
  );
}

function summary(kind: string, members: readonly Member[], bytes: number, isIncomplete: boolean): string {
  const files = members.filter((member) => member.kind !== 'folder');
  const unpacked = members.reduce((sum, member) => sum + member.size, 0);
  const ratio = !isIncomplete && bytes > 0 && unpacked > 0 ? ` (${ratioText(unpacked / bytes)} : 1)` : '';
  return `${kind} · ${isIncomplete ? 'at least ' : ''}${plural(files.length, 'file')} · ${size(bytes)}, unpacks to ${
    isIncomplete ? 'at least ' : ''
  }${size(unpacked)}${ratio}`;
}

function ratioText(ratio: number): string {
  return ratio < 9.95 ? ratio.toFixed(1) : count(ratio);
}

function warnings(members: readonly Member[], bytes: number, encrypted: boolean): string[] {
  const escaping = members.filter(({ path }) => /^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(path)).length;
  const unpacked = members.reduce((sum, member) => sum + member.size, 0);
  return [
    encrypted ? 'Some members are encrypted: only their names and sizes are shown.' : '',
    escaping > 0 ? `${plural(escaping, 'path')} would lead out of the directory where the archive is unpacked.` : '',
    unpacked > bytes * BOMB_RATIO ? `It unpacks to ${count(unpacked / bytes)} times its size.` : '',
  ];
}
