import type { RenderInput, RenderOutput } from '../../../shared/format.ts';
import { page } from '../../../shared/kit/page/shell.ts';
import {
  completeCharacters,
  decode,
  detectCharset,
  firstLineStart,
  lastLineEnd,
  textHtml,
} from '../../../shared/kit/text/charset.ts';
import { size } from '../../../shared/kit/text/numbers.ts';
import type { JsonDocument } from '../../../shared/kit/tree/json-document.ts';
import { describeRoot, type OpenTree } from '../../../shared/kit/tree/open-json.ts';
import { readEnds } from '../text/file-ends.ts';

const STYLE = `#said:not(:empty)::before{content:"· "}mark{background:#ffd54a;color:#000}
.tree{font:13px/1.5 var(--mono)}.row{padding-left:calc(min(var(--level)*16px,55vw) + 16px);position:relative;white-space:pre-wrap}.row:hover{background:var(--soft)}.row.found{background:var(--soft);box-shadow:inset 3px 0 var(--accent)}
.toggle{position:absolute;margin-left:-18px;width:18px;height:18px;padding:0;border:0;background:none;line-height:18px;color:var(--dim)}.toggle::before{content:"\\25b8"}.open>.toggle::before{content:"\\25be"}
.key{color:var(--accent);cursor:copy}.string{color:var(--good)}.number{color:var(--warn)}.word{color:#a23cc0}.bad{color:var(--bad)}.object,.array,.lines,.count{color:var(--dim)}.value+.count{margin-left:1ch}.open>.object+.count,.open>.array+.count,:empty+.count{margin-left:0}
.object,.array{cursor:pointer;display:inline-block;max-width:60%;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;vertical-align:bottom}.open>.object,.open>.array{display:none}.more{padding-top:2px;padding-bottom:2px}
@media(prefers-color-scheme:dark){.word{color:#d79bf5}}
.view{height:540px;overflow:auto;border:1px solid var(--line);border-radius:6px;padding:6px 10px;overflow-anchor:none}.alone .view{height:calc(100vh - 90px)}input[type=range]{flex:1 1 160px;padding:0}
.gap{margin:8px 0;padding:6px 10px;border:1px dashed var(--line);border-radius:6px;color:var(--dim);font-size:12.5px}`;

const WHOLE = 64 * 1024;
const HTML_LIMIT = 200 * 1024;

/** What is looked at as a tree, and how. */
export interface TreePageOptions {
  /** What the text is to be, as people call it: `JSON`. */
  readonly name: string;
  /** Opens the text here; the page's script opens it in the same way. */
  readonly open: OpenTree;
  /** The page's script, by its name among the assets. */
  readonly script: string;
  /** One value a line. */
  readonly lines?: boolean;
  /** A beginning is whole lines, and what is wrong in it says nothing: the text may be broken where it was cut. */
  readonly cutAtLines?: boolean;
  /** Of a large file so many bytes are read for the page, where half of what is shown whole would take long. */
  readonly headBytes?: number;
  /** HTML above the tree, and what it needs. */
  readonly htmlAbove?: string;
  readonly style?: string;
  readonly scripts?: readonly string[];
  /** Lines as a table, to be switched to, where they make one: of the first lines, or all of them where `whole`. */
  readonly table?: (text: string, whole: boolean, size: number) => TableContent | undefined;
  /**
   * The figure that the text describes, if it does. `document` and `tail`, the text of the file's end, are all of it
   * where it is `whole`.
   */
  readonly figure?: (document: JsonDocument, tail: string, whole: boolean) => FigureContent | undefined;
}

/** What a page has more when its lines make a table. */
export interface TableContent {
  readonly html: string;
  readonly style: string;
  /** URLs of its scripts. */
  readonly scripts: readonly string[];
}

/** What a page has more when its text is a figure; the tree is in `<details>` then. */
export interface FigureContent {
  /** HTML that stands first. */
  readonly body: string;
  readonly style: string;
  readonly data: Readonly<Record<string, string>>;
  /** URL of its script. */
  readonly script: string;
  readonly policy: string;
}

/** Writes the page of a file that is looked at as a tree. */
export async function treePage(input: RenderInput, output: RenderOutput, look: TreePageOptions): Promise<void> {
  const { open } = look;
  const byLines = look.lines ?? false;
  const ends = readEnds(input.path, { whole: WHOLE, head: look.headBytes ?? WHOLE / 2, tail: WHOLE / 8 });
  const { charset, note } = detectCharset(ends.head);
  const utf8 = (bytes: Uint8Array) => (charset === 'utf-8' ? bytes : new TextEncoder().encode(decode(bytes, charset)));
  let whole = ends.tail.length === 0;
  let head = whole ? ends.head : ends.head.subarray(0, completeCharacters(ends.head, charset));
  let text = textHtml(decode(head, charset));
  // Markup takes more room than text: where it is too much, show less.
  while (text.length > HTML_LIMIT - (look.htmlAbove?.length ?? 0)) {
    whole = false;
    head = head.subarray(0, Math.floor(head.length / 4) * 2);
    text = textHtml(decode(head, charset));
  }
  if (!whole && look.cutAtLines) {
    head = head.subarray(0, lastLineEnd(head, charset));
    text = textHtml(decode(head, charset));
  }
  const loaded = open(utf8(head), byLines);
  const lines = loaded.document.root.kind === 'lines';
  if (lines && !whole) {
    head = head.subarray(0, lastLineEnd(head, charset));
    text = textHtml(decode(head, charset));
  }
  const root = (lines && !whole ? open(utf8(head), true) : loaded).document.root;
  const last = lines && !whole ? ends.tail.subarray(firstLineStart(ends.tail, charset)) : new Uint8Array();
  const problem = whole && ends.size > 0 ? loaded.problem : undefined;
  // Of a part only what is wrong before its end is wrong.
  const early =
    !whole && !look.cutAtLines && loaded.problem && loaded.problem.offset < utf8(head).length - 16
      ? loaded.problem
      : undefined;
  const fault = problem ?? early;
  const figure = fault ? undefined : look.figure?.(loaded.document, decode(ends.tail, charset), whole);
  const table = lines && charset === 'utf-8' ? look.table?.(decode(head, charset), whole, ends.size) : undefined;
  const fitted = whole ? root.count : (root.count * ends.size) / (head.length || 1);
  const what = loaded.description ?? describeRoot(root, fitted, whole);
  const summary = ends.size === 0 ? ['Empty.'] : [size(ends.size), ...(what ? [what] : []), ...(note ? [note] : [])];
  const rest = whole
    ? ''
    : `<div class="gap" id="gap">${size(ends.size - head.length - last.length)} ${lines ? 'left out' : 'more: this is the beginning'}</div>`;
  const escaped =
    fault && whole && charset === 'utf-8'
      ? marked(head, fault.offset, (bytes) => textHtml(decode(bytes, charset)))
      : text;
  const place = fault ? `Not ${look.name} at line ${fault.line}, column ${fault.column}: ${fault.reason}.` : '';
  await output.page(
    page({
      title: input.title ?? input.name,
      style: STYLE + (look.style ?? '') + (table?.style ?? '') + (figure?.style ?? ''),
      policy: figure?.policy,
      body: `${figure ? `${figure.body}<details><summary>${look.name}</summary>` : ''}${look.htmlAbove ?? ''}<div class="bar"><span class="note"><span id="info">${summary.join(' · ')}</span> <span id="said" role="status"></span></span><span class="bar" id="tools" style="margin:0" hidden><input id="find" type="search" placeholder="Find" aria-label="Find in keys and values">${whole ? '' : '<button id="open">Open whole</button>'}<button id="expand">Expand all</button><button id="collapse">Collapse all</button><button id="flip">Text</button>${table ? '<button id="totable" aria-pressed="false">Table</button>' : ''}</span></div>
<p class="bad" id="fault"${fault ? '' : ' hidden'}>${textHtml(place)}</p>
<div id="trees" hidden><div id="tree"></div>${rest}<div id="tree2" hidden></div></div>
<div id="texts"><pre id="text">
${escaped}</pre>${rest.replace(' id="gap"', '')}${last.length > 0 ? `<pre id="tail">\n${textHtml(decode(last, charset))}</pre>` : ''}</div>${table?.html ?? ''}${figure ? '</details>' : ''}`,
      data: {
        source: input.source,
        name: look.name,
        size: String(ends.size),
        charset,
        ...(whole && { whole: '1' }),
        ...(lines && { lines: '1' }),
        ...(fault && { fault: '1' }),
        ...(loaded.depth > 1000 && whole && { depth: String(loaded.depth) }),
        ...figure?.data,
      },
      scripts: [
        output.asset(look.script),
        ...(look.scripts ?? []),
        ...(table?.scripts ?? []),
        ...(figure ? [figure.script] : []),
      ],
    }),
  );
}

/** The text with a mark at the byte `offset`. */
function marked(bytes: Uint8Array, offset: number, html: (bytes: Uint8Array) => string): string {
  let end = offset + 1;
  while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end++;
  return `${html(bytes.subarray(0, offset))}<mark>${html(bytes.subarray(offset, end)) || ' '}</mark>${html(bytes.subarray(end))}`;
}
