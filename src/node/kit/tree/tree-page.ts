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

const STYLE = `#status:not(:empty)::before{content:"· "}mark{background:#ffd54a;color:#000}
.tree{font:13px/1.5 var(--mono)}
.row{padding-left:calc(min(var(--level)*16px,55vw) + 16px);position:relative;white-space:pre-wrap}
.row:hover{background:var(--soft)}.row.found{background:var(--soft);box-shadow:inset 3px 0 var(--accent)}
.toggle{position:absolute;margin-left:-18px;width:18px;height:18px;padding:0;border:0;background:none;
line-height:18px;color:var(--dim)}.toggle::before{content:"\\25b8"}.open>.toggle::before{content:"\\25be"}
.key{color:var(--accent);cursor:copy}.string{color:var(--good)}.number{color:var(--warn)}.word{color:#a23cc0}
.bad{color:var(--bad)}.object,.array,.lines,.count{color:var(--dim)}.value+.count{margin-left:1ch}
.open>.object+.count,.open>.array+.count,:empty+.count{margin-left:0}
.object,.array{cursor:pointer;display:inline-block;max-width:60%;overflow:hidden;text-overflow:ellipsis;
white-space:nowrap;vertical-align:bottom}.open>.object,.open>.array{display:none}
.more{padding-top:2px;padding-bottom:2px}
@media(prefers-color-scheme:dark){.word{color:#d79bf5}}
.view{height:540px;overflow:auto;border:1px solid var(--line);border-radius:6px;padding:6px 10px;overflow-anchor:none}
.alone .view{height:calc(100vh - 90px)}input[type=range]{flex:1 1 160px;padding:0}
.gap{margin:8px 0;padding:6px 10px;border:1px dashed var(--line);border-radius:6px;color:var(--dim);font-size:12.5px}`;

const WHOLE = 64 * 1024;
const HTML_LIMIT = 200 * 1024;

/** How a text is opened and shown as a tree. */
export interface TreePageOptions {
  /** Display name of the format: `JSON`. */
  readonly name: string;
  /** Parses the text. The page's script uses the same function. */
  readonly open: OpenTree;
  /** Asset name of the page's script. */
  readonly script: string;
  /** Each line is a value. */
  readonly lines?: boolean;
  /** Cut the head of a large file at a line end, and report no problems in it: the cut itself may cause them. */
  readonly cutAtLines?: boolean;
  /** Bytes of a large file that are parsed for the page; fewer than the default if parsing is slow. */
  readonly headBytes?: number;
  /** HTML above the tree, with its CSS and scripts. */
  readonly htmlAbove?: string;
  readonly style?: string;
  readonly scripts?: readonly string[];
  /**
   * A table of the lines, as an alternative to the tree; undefined if their values are not alike.
   * @param text the first lines, or the whole file if `whole`
   * @param size bytes of the file
   */
  readonly table?: (text: string, whole: boolean, size: number) => TableContent | undefined;
  /**
   * The figure that the text describes, if any.
   * @param tail the last bytes of the file, as text; empty if `document` is the whole file
   * @param whole whether `document` is the whole file
   */
  readonly figure?: (document: JsonDocument, tail: string, whole: boolean) => FigureContent | undefined;
}

/** The part of a page with the lines as a table. */
export interface TableContent {
  readonly html: string;
  readonly style: string;
  /** URLs of its scripts. */
  readonly scripts: readonly string[];
}

/** The part of a page with a figure. The tree is then in a closed `<details>`. */
export interface FigureContent {
  /** HTML at the top of the page. */
  readonly body: string;
  readonly style: string;
  readonly data: Readonly<Record<string, string>>;
  /** URL of its script. */
  readonly script: string;
  readonly policy: string;
}

/** Writes the page of a file that is shown as a tree. */
export async function treePage(input: RenderInput, output: RenderOutput, options: TreePageOptions): Promise<void> {
  const { open } = options;
  const byLines = options.lines ?? false;
  const ends = readEnds(input.path, { whole: WHOLE, head: options.headBytes ?? WHOLE / 2, tail: WHOLE / 8 });
  const { charset, note } = detectCharset(ends.head);
  const utf8 = (bytes: Uint8Array) => (charset === 'utf-8' ? bytes : new TextEncoder().encode(decode(bytes, charset)));
  let whole = ends.tail.length === 0;
  let head = whole ? ends.head : ends.head.subarray(0, completeCharacters(ends.head, charset));
  let text = textHtml(decode(head, charset));
  // Escaping makes the text longer: halve the shown bytes until the page fits.
  while (text.length > HTML_LIMIT - (options.htmlAbove?.length ?? 0)) {
    whole = false;
    head = head.subarray(0, Math.floor(head.length / 4) * 2);
    text = textHtml(decode(head, charset));
  }
  if (!whole && options.cutAtLines) {
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
  // Near the end of an incomplete text, a problem is probably caused by the cut.
  const early =
    !whole && !options.cutAtLines && loaded.problem && loaded.problem.offset < utf8(head).length - 16
      ? loaded.problem
      : undefined;
  const fault = problem ?? early;
  const figure = fault ? undefined : options.figure?.(loaded.document, decode(ends.tail, charset), whole);
  const table = lines && charset === 'utf-8' ? options.table?.(decode(head, charset), whole, ends.size) : undefined;
  const fitted = whole ? root.count : (root.count * ends.size) / (head.length || 1);
  const what = loaded.description ?? describeRoot(root, fitted, whole);
  const summary = ends.size === 0 ? ['Empty.'] : [size(ends.size), ...(what ? [what] : []), ...(note ? [note] : [])];
  const rest = whole
    ? ''
    : `<div class="gap" id="gap">${size(ends.size - head.length - last.length)}` +
      ` ${lines ? 'left out' : 'more: this is the beginning'}</div>`;
  const escaped =
    fault && whole && charset === 'utf-8'
      ? marked(head, fault.offset, (bytes) => textHtml(decode(bytes, charset)))
      : text;
  const place = fault ? `Not ${options.name} at line ${fault.line}, column ${fault.column}: ${fault.reason}.` : '';
  const tools = [
    '<span class="bar" id="tools" style="margin:0" hidden>',
    '<input id="find" type="search" placeholder="Find" aria-label="Find in keys and values">',
    whole ? '' : '<button id="open">Open whole</button>',
    '<button id="expand">Expand all</button><button id="collapse">Collapse all</button><button id="flip">Text</button>',
    table ? '<button id="totable" aria-pressed="false">Table</button>' : '',
    '</span>',
  ].join('');
  const info = `<span id="info">${summary.join(' · ')}</span> <span id="status" role="status"></span>`;
  const lastLines = last.length > 0 ? `<pre id="tail">\n${textHtml(decode(last, charset))}</pre>` : '';
  const figureStart = figure ? `${figure.body}<details><summary>${options.name}</summary>` : '';
  await output.page(
    page({
      title: input.title ?? input.name,
      style: STYLE + (options.style ?? '') + (table?.style ?? '') + (figure?.style ?? ''),
      policy: figure?.policy,
      body: `${figureStart}${options.htmlAbove ?? ''}<div class="bar"><span class="note">${info}</span>${tools}</div>
<p class="bad" id="fault"${fault ? '' : ' hidden'}>${textHtml(place)}</p>
<div id="trees" hidden><div id="tree"></div>${rest}<div id="tree2" hidden></div></div>
<div id="texts"><pre id="text">
${escaped}</pre>${rest.replace(' id="gap"', '')}${lastLines}</div>${table?.html ?? ''}${figure ? '</details>' : ''}`,
      data: {
        source: input.source,
        name: options.name,
        size: String(ends.size),
        charset,
        ...(whole && { whole: '1' }),
        ...(lines && { lines: '1' }),
        ...(fault && { fault: '1' }),
        ...(loaded.depth > 1000 && whole && { depth: String(loaded.depth) }),
        ...figure?.data,
      },
      scripts: [
        output.asset(options.script),
        ...(options.scripts ?? []),
        ...(table?.scripts ?? []),
        ...(figure ? [figure.script] : []),
      ],
    }),
  );
}

/** The text as HTML, with the character at byte `offset` in a `<mark>`. */
function marked(bytes: Uint8Array, offset: number, html: (bytes: Uint8Array) => string): string {
  let end = offset + 1;
  while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end++;
  return `${html(bytes.subarray(0, offset))}<mark>${html(bytes.subarray(offset, end)) || ' '}</mark>${html(bytes.subarray(end))}`;
}
