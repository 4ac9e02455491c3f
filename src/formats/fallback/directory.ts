import type { Dir } from 'node:fs';
import { lstat, opendir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { LISTING_STYLE, listingHtml } from '../../node/kit/listing/listing-html.ts';
import type { Member, MemberRow } from '../../node/kit/listing/member-tree.ts';
import { formatTime } from '../../node/kit/listing/stat-text.ts';
import type { RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, page, relativeUrl } from '../../shared/kit/page/shell.ts';
import { atLeast, count, plural, shownOf, size } from '../../shared/kit/text/numbers.ts';

/** The largest number of entries of a directory that are counted, and that are listed. */
const MAX_COUNTED = 100_000;
const MAX_LISTED = 5000;
/** The time limit for listing subdirectories, milliseconds. */
const TIME_LIMIT = 1500;
const MAX_PICTURES = 60;
const PICTURE_NAME = /\.(?:png|jpe?g|gif|webp|avif|bmp|svg)$/i;

const STYLE = `#gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,var(--tile,220px)),1fr));gap:12px;margin:0 0 14px}
figure{margin:0;min-width:0}figure img{display:block;width:100%;aspect-ratio:4/3;object-fit:scale-down;border:1px solid var(--line);border-radius:6px;background:repeating-conic-gradient(#eee 0 25%,#fff 0 50%) 0 0/16px 16px}
figcaption{font-size:12.5px;color:var(--dim);overflow:hidden;text-overflow:ellipsis;white-space:nowrap}figure a{cursor:zoom-in}.wide{grid-column:1/-1}.wide a{cursor:zoom-out}.wide img{aspect-ratio:auto;width:auto;max-width:100%}
.bar label{color:var(--dim);font-size:12.5px;display:flex;gap:8px;align-items:center}`;

/** Writes the listing of a directory and its subdirectories, and a gallery of its pictures. */
export async function directoryPage(input: RenderInput, output: RenderOutput): Promise<void> {
  const { members, entryCount, isComplete } = await walk(input);
  const files = members.filter((member) => member.kind === 'file');
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  const entriesText = (entryCount >= MAX_COUNTED ? atLeast : plural)(entryCount, 'entry');
  const filesText = `${(isComplete ? plural : atLeast)(files.length, 'file')}, ${size(bytes)}`;
  const { html, rows } = listingHtml(members, `Directory, ${entriesText} · ${filesText}`, false);
  const shownCount = rows.filter((row) => row.level === 0).length;
  const note =
    shownCount < entryCount ? `<p class="note">The first ${count(shownCount)} of ${entriesText} are shown.</p>` : '';
  await output.page(
    page({
      title: input.title ?? input.name,
      style: LISTING_STYLE + STYLE,
      body: galleryHtml(rows) + html + note,
      scripts: [output.asset('listing.js')],
    }),
  );
}

/** Lists a directory and, within the time limit, its subdirectories, level by level. */
async function walk(input: RenderInput): Promise<{ members: Member[]; entryCount: number; isComplete: boolean }> {
  const deadline = Date.now() + TIME_LIMIT;
  const members: Member[] = [];
  let entryCount = 0;
  let isComplete = true;
  for (let level = ['']; level.length > 0; ) {
    const next: string[] = [];
    for (const folder of level) {
      if (folder && (members.length >= MAX_LISTED || Date.now() > deadline)) {
        isComplete = false;
        break;
      }
      const names = await namesOf(join(input.path, folder), folder ? MAX_LISTED : MAX_COUNTED);
      if (!folder) entryCount = names.length;
      for (const name of names.slice(0, MAX_LISTED)) {
        const member = await memberOf(input, folder + name);
        members.push(member);
        if (member.kind === 'folder') next.push(`${folder}${name}/`);
      }
      if (names.length >= MAX_LISTED) isComplete = false;
    }
    level = next;
  }
  return { members, entryCount, isComplete };
}

/** The first `limit` names in a directory, folders first. Empty if the directory cannot be read. */
async function namesOf(path: string, limit: number): Promise<string[]> {
  const all: { name: string; isFolder: boolean }[] = [];
  let dir: Dir;
  try {
    dir = await opendir(path);
  } catch {
    return [];
  }
  for await (const entry of dir) {
    all.push({ name: entry.name, isFolder: entry.isDirectory() });
    if (all.length >= limit) break;
  }
  all.sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || (a.name < b.name ? -1 : 1));
  return all.map(({ name }) => name);
}

async function memberOf(input: RenderInput, path: string): Promise<Member> {
  const absolutePath = join(input.path, path);
  // A file that was deleted meanwhile stays in the listing.
  const stat = await lstat(absolutePath).catch(() => undefined);
  if (!stat) return { path, kind: 'special', size: 0, time: 'deleted' };
  const kind = stat.isDirectory() ? 'folder' : stat.isSymbolicLink() ? 'link' : stat.isFile() ? 'file' : 'special';
  const target = kind === 'link' ? await readlink(absolutePath).catch(() => undefined) : undefined;
  return {
    path,
    kind,
    size: kind === 'file' ? stat.size : 0,
    time: formatTime(stat.mtime),
    mode: stat.mode,
    ...(target && { target }),
    ...(kind === 'file' && { href: `${input.source}/${relativeUrl(path)}` }),
  };
}

/** The gallery of the pictures among the rows. A click on a picture enlarges it to the width of the page. */
function galleryHtml(rows: readonly MemberRow[]): string {
  const pictures = rows.filter((row) => row.member?.href && row.member.size > 0 && PICTURE_NAME.test(row.name));
  if (pictures.length === 0) return '';
  const shown = pictures.slice(0, MAX_PICTURES);
  const figures = shown.map(({ name, member }) => {
    const label = escapeHtml(name);
    const url = escapeHtml(member?.href ?? '');
    return `<figure><a href="${url}" title="${label}"><img src="${url}" alt="${label}" loading="lazy" onerror="this.closest('figure').hidden=true"></a><figcaption>${label}</figcaption></figure>`;
  });
  const slider = '<label>Size <input id="tile" type="range" min="100" max="900" value="220"></label>';
  return `<div class="bar"><span class="note">${shownOf(shown.length, pictures.length, 'picture')}</span>${slider}</div><div id="gallery">${figures.join('')}</div>`;
}
