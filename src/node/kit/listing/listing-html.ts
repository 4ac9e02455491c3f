import { escapeHtml } from '../../../shared/kit/page/shell.ts';
import { count, plural, size } from '../../../shared/kit/text/numbers.ts';
import { type Member, type MemberRow, rowsOf } from './member-tree.ts';
import { formatMode } from './stat-text.ts';

const SHOWN = 1000;
const HTML_LIMIT = 170 * 1024;

export const LISTING_STYLE = `
.listing{border-collapse:collapse;font:13px/1.5 var(--mono);width:100%}.listing th{text-align:left;color:var(--dim);font-weight:400}
.listing td,.listing th{padding:1px 18px 1px 0;vertical-align:top;white-space:nowrap}
.listing td:first-child{white-space:normal;min-width:7em;width:100%;padding-left:calc(min(var(--l,0)*16px,40vw) + 18px)}
.listing td:nth-child(n+2){color:var(--dim)}.listing .n{text-align:right}.listing tr:hover td{background:var(--soft)}
.toggle{margin-left:-18px;width:18px;height:18px;padding:0;border:0;background:none;line-height:18px;color:var(--dim)}
.toggle::before{content:"\\25be"}.toggle[aria-expanded=false]::before{content:"\\25b8"}
.dim{color:var(--dim)}.listing .inside td{white-space:normal;padding:4px 0 8px 18px;background:none}
.inside pre{max-height:420px;overflow:auto;border:1px solid var(--line);border-radius:6px;padding:6px 10px;
color:var(--fg)}
.inside img{display:block;max-width:100%;max-height:480px;background:repeating-conic-gradient(#eee 0 25%,#fff 0 50%) 0 0/16px 16px}
@media(max-width:700px){.listing .w{display:none}.listing td,.listing th{padding-right:10px}}`;

export interface ListingHtml {
  /** The toolbar and the table. */
  readonly html: string;
  /** The rows in `html`, in order. */
  readonly rows: readonly MemberRow[];
}

/**
 * The members as a table with collapsible folders. Names, links and times are escaped here.
 * @param note HTML above the table, such as the number of files
 * @param packed whether there is a column for the size in the archive
 */
export function listingHtml(members: readonly Member[], note: string, packed: boolean): ListingHtml {
  const all = rowsOf(members, SHOWN);
  const rows: MemberRow[] = [];
  let html = '';
  for (const row of all) {
    const next = rowHtml(row, packed);
    // Names may be long: stop before the page grows too large.
    if (html.length + next.length > HTML_LIMIT) break;
    html += next;
    rows.push(row);
  }
  const modes = members.some((member) => member.mode !== undefined);
  const head = `<th>Name<th class="n">Size${packed ? '<th class="n w">Packed' : ''}<th>Changed${modes ? '<th class="w">Mode' : ''}`;
  const tools =
    rows.length > 8
      ? '<span class="bar" id="tools" style="margin:0" hidden>' +
        '<input id="find" type="search" placeholder="Filter names" aria-label="Filter names">' +
        '<button id="expand">Expand all</button><button id="collapse">Collapse all</button></span>'
      : '';
  const table =
    rows.length > 0 ? `<table class="listing"><thead><tr>${head}</thead><tbody>${html}</tbody></table>` : '';
  return { html: `<div class="bar"><span class="note">${note}</span>${tools}</div>${table}`, rows };
}

function rowHtml({ name, level, member, files, size: bytes, folder, unlisted }: MemberRow, packed: boolean): string {
  const label = escapeHtml(visibleName(name));
  const kind = member?.kind;
  const look = member?.look ? ` data-look="${member.look}"` : '';
  const link = member?.href ? `<a class="look"${look} href="${escapeHtml(member.href)}">${label}</a>` : label;
  const inside = folder
    ? ` <span class="dim">${plural(files, 'file')}${unlisted > 0 ? `, ${count(unlisted)} not listed` : ''}</span>`
    : '';
  const target = member?.target ? ` <span class="dim">→ ${escapeHtml(visibleName(member.target))}</span>` : '';
  const mark = folder ? '/' : kind === 'link' ? `${target} (link)` : kind === 'special' ? ' (special)' : '';
  const toggle = folder ? '<button class="toggle" aria-expanded="true" aria-label="Folder"></button>' : '';
  const cells = [
    folder || kind === 'file' ? size(bytes) : '',
    ...(packed ? [member?.packed === undefined || folder ? '' : size(member.packed)] : []),
  ];
  const [own = '', inArchive] = cells;
  return `<tr data-level="${level}"><td style="--l:${level}">${toggle}${link}${mark}${inside}<td class="n">${own}${
    inArchive === undefined ? '' : `<td class="n w">${inArchive}`
  }<td>${timeHtml(member?.time ?? '')}${member?.mode === undefined ? '' : `<td class="w">${formatMode(member.mode)}`}</tr>`;
}

/** A time as HTML. Narrow pages hide the part after the date. */
function timeHtml(time: string): string {
  const [day = '', ...rest] = time.split(' ');
  return rest.length > 0 ? `${day}<span class="w"> ${rest.join(' ')}</span>` : day;
}

/** A name with control, zero-width and bidirectional formatting characters replaced by U+FFFD. */
export function visibleName(name: string): string {
  return name.replace(/[\0-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}
