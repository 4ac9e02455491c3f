/** The script of listings: collapses folders, filters names, and previews a file on click. */

import { anyCase } from '../../../shared/case.ts';
import { fetchRange } from '../../../shared/kit/ranges/fetch-range.ts';
import { decode, detectCharset, isText } from '../../../shared/kit/text/charset.ts';
import { size } from '../../../shared/kit/text/numbers.ts';
import { elementById } from '../dom/element.ts';

/** With more rows than this, deeper folders are closed at first. */
const MAX_OPEN_ROWS = 80;
/** Bytes of a text that a preview shows. */
const PREVIEW_BYTES = 64 * 1024;
const PICTURE = /\.(?:png|jpe?g|gif|webp|avif|bmp|ico|svg)$/i;

const rows = [...document.querySelectorAll<HTMLElement>('.listing tr[data-level]')];
const levelOf = (row: HTMLElement) => Number(row.dataset.level);
const toggleOf = (row: HTMLElement) => row.querySelector<HTMLElement>('.toggle');
const find = elementById('find');

/** Shows the rows outside of closed folders or, with a filter, the matching rows and their parent folders. */
function show(): void {
  const pattern = find instanceof HTMLInputElement && find.value ? anyCase(find.value) : undefined;
  for (const inside of document.querySelectorAll('.inside')) inside.remove();
  let closed = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const level = levelOf(row);
    if (level <= closed)
      closed = toggleOf(row)?.getAttribute('aria-expanded') === 'false' ? level : Number.POSITIVE_INFINITY;
    row.hidden = pattern ? !matchesName(row, pattern) : level > closed;
  }
  if (!pattern) return;
  let level = -1;
  for (const row of [...rows].reverse()) {
    if (!row.hidden) level = levelOf(row);
    else if (levelOf(row) < level) {
      row.hidden = false;
      level = levelOf(row);
    }
  }
}

function matchesName(row: HTMLElement, pattern: RegExp): boolean {
  const cell = row.firstElementChild;
  return pattern.test(cell?.querySelector('a')?.textContent ?? cell?.textContent ?? '');
}

function openTo(level: number): void {
  for (const row of rows) toggleOf(row)?.setAttribute('aria-expanded', String(levelOf(row) < level));
  show();
}

/** Toggles the preview of a file below its row. */
async function togglePreview(row: HTMLElement, link: HTMLAnchorElement): Promise<void> {
  const next = row.nextElementSibling;
  if (next?.classList.contains('inside')) return next.remove();
  const inside = document.createElement('tr');
  inside.className = 'inside';
  const cell = inside.insertCell();
  cell.colSpan = row.children.length;
  row.after(inside);
  const note = document.createElement('p');
  note.className = 'note';
  if (link.dataset.look === 'picture' || (!link.dataset.look && PICTURE.test(link.textContent ?? ''))) {
    const picture = document.createElement('img');
    picture.src = link.href;
    picture.alt = link.textContent ?? '';
    picture.onerror = () => {
      picture.remove();
      note.textContent = 'This picture cannot be shown.';
    };
    cell.append(picture, note);
    return;
  }
  const { bytes, size: all } = await fetchRange(link.href, 0, PREVIEW_BYTES);
  const head = bytes.subarray(0, 4096);
  if (isText(head)) {
    const text = document.createElement('pre');
    text.textContent = decode(bytes, detectCharset(bytes).charset);
    cell.append(text);
  } else note.textContent = 'Not a text. ';
  if (bytes.length === 0) note.textContent = 'Empty. ';
  const cut = link.dataset.look === 'beginning' || (all ?? 0) > bytes.length;
  if (cut) note.append(`This is the beginning${all ? `, of ${size(all)}` : ''}. `);
  // Members of archives have `data-look` and are stored only in part; files of directories are stored completely.
  if (!link.dataset.look) {
    const open = document.createElement('a');
    open.href = link.href;
    open.textContent = 'Open the file';
    const download = open.cloneNode() as HTMLAnchorElement;
    download.textContent = 'Download';
    download.download = '';
    note.append(open, ' · ', download);
  }
  cell.append(note);
}

document.querySelector('.listing')?.addEventListener('click', (event) => {
  const target = event.target as HTMLElement;
  const row = target.closest<HTMLElement>('tr[data-level]');
  if (!row) return;
  const link = target.closest<HTMLAnchorElement>('a.look');
  const toggle = toggleOf(row);
  if (link) {
    if ((event as MouseEvent).ctrlKey || (event as MouseEvent).metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    togglePreview(row, link).catch(() => {
      const cell = row.nextElementSibling?.firstElementChild;
      if (cell) cell.textContent = 'Could not be loaded.';
    });
  } else if (toggle && getSelection()?.type !== 'Range') {
    toggle.setAttribute('aria-expanded', String(toggle.getAttribute('aria-expanded') === 'false'));
    show();
  }
});
find?.addEventListener('input', show);
elementById('expand')?.addEventListener('click', () => openTo(Number.POSITIVE_INFINITY));
elementById('collapse')?.addEventListener('click', () => openTo(0));
elementById('tools')?.removeAttribute('hidden');
if (rows.length > MAX_OPEN_ROWS) openTo(rows.filter((row) => levelOf(row) < 2).length > MAX_OPEN_ROWS ? 0 : 1);

const tile = elementById('tile');
const gallery = elementById('gallery');
if (tile instanceof HTMLInputElement && gallery) {
  tile.addEventListener('input', () => gallery.style.setProperty('--tile', `${tile.value}px`));
  gallery.addEventListener('click', (event) => {
    const link = (event.target as HTMLElement).closest('a');
    if (!link) return;
    event.preventDefault();
    event.stopPropagation();
    link.closest('figure')?.classList.toggle('wide');
  });
}
