import type { Dir } from 'node:fs';
import { lstat, opendir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { LISTING_STYLE, listingHtml } from '../../node/kit/listing/listing-html.ts';
import type { Member, MemberRow } from '../../node/kit/listing/member-tree.ts';
import { formatTime } from '../../node/kit/listing/stat-text.ts';
import type { RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, page, relativeUrl } from '../../shared/kit/page/shell.ts';
import { atLeast, count, plural, shownOf, size } from '../../shared/kit/text/numbers.ts';

/** How many entries are counted, and how many looked at. */
const COUNTED = 100_000;
const STATTED = 5000;
/** How long folders in it are gone through, milliseconds. */
const TIME = 1500;
const PICTURES = 60;
const PICTURE = /\.(?:png|jpe?g|gif|webp|avif|bmp|svg)$/i;

const STYLE = `#gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,var(--tile,220px)),1fr));gap:12px;margin:0 0 14px}
figure{margin:0;min-width:0}figure img{display:block;width:100%;aspect-ratio:4/3;object-fit:scale-down;border:1px solid var(--line);border-radius:6px;background:repeating-conic-gradient(#eee 0 25%,#fff 0 50%) 0 0/16px 16px}
figcaption{font-size:12.5px;color:var(--dim);overflow:hidden;text-overflow:ellipsis;white-space:nowrap}figure a{cursor:zoom-in}.wide{grid-column:1/-1}.wide a{cursor:zoom-out}.wide img{aspect-ratio:auto;width:auto;max-width:100%}
.bar label{color:var(--dim);font-size:12.5px;display:flex;gap:8px;align-items:center}`;

/** Writes the listing of a directory, with what is in its folders, and its pictures side by side. */
export async function directoryPage(input: RenderInput, output: RenderOutput): Promise<void> {
  const { members, own, whole } = await walk(input);
  const files = members.filter((member) => member.kind === 'file');
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  const most = (own >= COUNTED ? atLeast : plural)(own, 'entry');
  const sum = `${(whole ? plural : atLeast)(files.length, 'file')}, ${size(bytes)}`;
  const { html, rows } = listingHtml(members, `Directory, ${most} · ${sum}`, false);
  const listed = rows.filter((row) => row.level === 0).length;
  const note = listed < own ? `<p class="note">The first ${count(listed)} of ${most} are shown.</p>` : '';
  await output.page(
    page({
      title: input.title ?? input.name,
      style: LISTING_STYLE + STYLE,
      body: galleryHtml(rows) + html + note,
      scripts: [output.asset('listing.js')],
    }),
  );
}

/** The entries of a directory and, as far as there is time, those of the folders in it, level by level. */
async function walk(input: RenderInput): Promise<{ members: Member[]; own: number; whole: boolean }> {
  const until = Date.now() + TIME;
  const members: Member[] = [];
  let own = 0;
  let whole = true;
  for (let level = ['']; level.length > 0; ) {
    const next: string[] = [];
    for (const folder of level) {
      if (folder && (members.length >= STATTED || Date.now() > until)) {
        whole = false;
        break;
      }
      const names = await namesOf(join(input.path, folder), folder ? STATTED : COUNTED);
      if (!folder) own = names.length;
      for (const name of names.slice(0, STATTED)) {
        const member = await memberOf(input, folder + name);
        members.push(member);
        if (member.kind === 'folder') next.push(`${folder}${name}/`);
      }
      if (names.length >= STATTED) whole = false;
    }
    level = next;
  }
  return { members, own, whole };
}

/** The names in a directory, folders first; none where it may not be read. */
async function namesOf(path: string, most: number): Promise<string[]> {
  const all: { name: string; folder: boolean }[] = [];
  let dir: Dir;
  try {
    dir = await opendir(path);
  } catch {
    return [];
  }
  for await (const entry of dir) {
    all.push({ name: entry.name, folder: entry.isDirectory() });
    if (all.length >= most) break;
  }
  all.sort((a, b) => Number(b.folder) - Number(a.folder) || (a.name < b.name ? -1 : 1));
  return all.map(({ name }) => name);
}

async function memberOf(input: RenderInput, path: string): Promise<Member> {
  const full = join(input.path, path);
  // What went away while it was listed is a row too.
  const stat = await lstat(full).catch(() => undefined);
  if (!stat) return { path, kind: 'special', size: 0, time: 'gone' };
  const kind = stat.isDirectory() ? 'folder' : stat.isSymbolicLink() ? 'link' : stat.isFile() ? 'file' : 'special';
  const target = kind === 'link' ? await readlink(full).catch(() => undefined) : undefined;
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

/** The pictures among the rows, side by side. A click shows one as wide as the page. */
function galleryHtml(rows: readonly MemberRow[]): string {
  const pictures = rows.filter((row) => row.member?.href && row.member.size > 0 && PICTURE.test(row.name));
  if (pictures.length === 0) return '';
  const shown = pictures.slice(0, PICTURES);
  const figures = shown.map(({ name, member }) => {
    const label = escapeHtml(name);
    const url = escapeHtml(member?.href ?? '');
    return `<figure><a href="${url}" title="${label}"><img src="${url}" alt="${label}" loading="lazy" onerror="this.closest('figure').hidden=true"></a><figcaption>${label}</figcaption></figure>`;
  });
  const slider = '<label>Size <input id="tile" type="range" min="100" max="900" value="220"></label>';
  return `<div class="bar"><span class="note">${shownOf(shown.length, pictures.length, 'picture')}</span>${slider}</div><div id="gallery">${figures.join('')}</div>`;
}
