/** The script of pages with a tree: shows the text of the page as a tree, and loads a large file on demand. */
import type { Charset } from '../../../shared/kit/text/charset.ts';
import { size as sizeOf } from '../../../shared/kit/text/numbers.ts';
import { viewMode } from '../../../shared/kit/text/view-mode.ts';
import type { TreeRow } from '../../../shared/kit/tree/json-document.ts';
import { describeRoot, type OpenTree, type Problem } from '../../../shared/kit/tree/open-json.ts';
import { createFileWindow } from '../text/file-window.ts';
import { attachSearch } from './tree-search.ts';
import { createTreeView, type PathStyle, type TreeSource, type TreeView } from './tree-view.ts';
import { openInWorker, serveWorker } from './tree-worker.ts';

export interface TreeScriptOptions {
  readonly open: OpenTree;
  /** Larger files do not fit into the memory of a browser. */
  readonly maxBytes: number;
  readonly paths?: PathStyle;
}

/** Files up to this size are loaded automatically. */
const AUTO_LOAD_BYTES = 2_000_000;
const FIRST_ROWS = 60;
const ALL_ROWS = 2000;

/** Starts the page or, in a worker, the service that opens its file. Call it once, synchronously from the script. */
export function startTree(script: TreeScriptOptions): void {
  if (typeof document === 'undefined') serveWorker(script.open);
  else void start(script, document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : '');
}

async function start({ open, maxBytes, paths }: TreeScriptOptions, script: string): Promise<void> {
  const data = document.body.dataset;
  const url = new URL(data.source ?? '', document.baseURI).href;
  const size = Number(data.size);
  const at = (id: string) => document.getElementById(id);
  const info = at('info');
  const texts = at('texts');
  const tail = at('tail');
  const note = (text: string) => {
    const out = at('status');
    if (out) out.textContent = text;
  };
  if (data.whole) data.inline = '1';
  let trees: TreeView[] = [];
  /** The tree that the search covers. */
  let first: { source: TreeSource; tree: TreeView } | undefined;
  /** Rows to open, once the user has chosen "Expand all"; applies also to a file that is still loading. */
  let rowsToOpen: number | undefined;
  let showsText = data.fault !== undefined;
  let showsTable = false;

  const localSource = (text: string, lines: boolean, part: '' | 'first' | 'last'): TreeSource => {
    const { document: json } = open(new TextEncoder().encode(text), lines);
    const { root } = json;
    const children = (row: TreeRow, from: number, many: number) => json.children(row, from, many);
    // Rows at the end of a large file have negative numbers, counted from its end.
    const fromEnd = (row: TreeRow) => ({ ...row, key: String(Number(row.key) - root.count) });
    return {
      root: root.kind === 'lines' ? { ...root, text: part } : root,
      children: async (row, ...page) => {
        const rows = children(row, ...page);
        return part === 'last' && row.kind === 'lines' ? rows.map(fromEnd) : rows;
      },
      text: async (...a) => json.text(...a),
      find: async (...a) => json.find(...a),
      pathTo: async (offset) => json.pathTo(offset),
    };
  };

  async function show(sources: TreeSource[]): Promise<void> {
    const places = ['tree', 'tree2'].map(at);
    trees = [];
    first = undefined;
    for (const [i, source] of sources.entries()) {
      const place = places[i];
      if (!place) continue;
      const tree = createTreeView(source, place, note, paths);
      trees.push(tree);
      first ??= { source, tree };
      await tree.expand(rowsToOpen ?? (source.root.kind === 'lines' ? 2 : FIRST_ROWS));
    }
    places[1]?.toggleAttribute('hidden', sources.length < 2);
    at('gap')?.toggleAttribute('hidden', sources.length < 2 && data.whole === '1');
    updateView();
  }

  function updateView(): void {
    at('table')?.toggleAttribute('hidden', !showsTable);
    at('trees')?.toggleAttribute('hidden', showsText || showsTable);
    texts?.toggleAttribute('hidden', !showsText || showsTable);
    const button = at('flip');
    if (button) button.textContent = showsText ? 'Tree' : 'Text';
    for (const id of ['expand', 'collapse', 'find']) at(id)?.toggleAttribute('hidden', showsText || showsTable);
    for (const id of ['flip', 'open']) at(id)?.toggleAttribute('hidden', showsTable);
    const table = at('totable');
    if (table) table.ariaPressed = String(showsTable);
  }

  async function openWhole(): Promise<void> {
    if (size > maxBytes)
      return note(`${sizeOf(size)} is more than a browser can hold as a tree: the text shows all of it.`);
    note('Loading…');
    try {
      const remote = await openInWorker(script, url, data.lines === '1', (bytes) =>
        note(`Loading, ${sizeOf(bytes)} of ${sizeOf(size)}`),
      );
      note(remote.depth > 1000 ? `Nested ${remote.depth} levels deep.` : '');
      data.whole = '1';
      at('open')?.remove();
      if (info)
        info.textContent = `${[sizeOf(size), remote.description ?? describeRoot(remote.source.root)].filter(Boolean).join(' · ')}`;
      if (remote.problem) showProblem(remote.problem);
      await show([remote.source]);
    } catch (error) {
      note(`Could not load: ${error instanceof Error ? error.message : error}`);
    }
  }

  function showProblem(problem: Problem): void {
    const out = at('fault');
    if (!out) return;
    out.hidden = false;
    out.textContent = `Not ${data.name} at line ${problem.line}, column ${problem.column}: ${problem.reason}. `;
    const button = document.createElement('button');
    button.textContent = 'Show the place';
    button.onclick = () => wholeText(problem.offset);
    out.append(button);
  }

  function wholeText(offset: number): void {
    showsText = true;
    const view = createFileWindow(url, size, viewMode('text', (data.charset ?? 'utf-8') as Charset));
    texts?.replaceChildren(view.element);
    updateView();
    view.jump(offset).catch(() => note('Could not load the text.'));
  }

  at('flip')?.addEventListener('click', () => {
    // The page of a large file contains only the ends of its text.
    if (!showsText && data.inline !== '1' && !texts?.querySelector('.view')) return wholeText(0);
    showsText = !showsText;
    updateView();
  });
  at('totable')?.addEventListener('click', () => {
    showsTable = !showsTable;
    updateView();
  });
  at('open')?.addEventListener('click', () => void openWhole());
  at('collapse')?.addEventListener('click', () => {
    rowsToOpen = undefined;
    for (const tree of trees) tree.collapse();
  });
  at('expand')?.addEventListener('click', async () => {
    rowsToOpen = ALL_ROWS;
    for (const tree of trees)
      if (!(await tree.expand(ALL_ROWS))) note('Some stay closed: there are too many to open all at once.');
  });

  attachSearch(async () => {
    if (data.whole !== '1') await openWhole();
    return first;
  }, note);

  const lines = data.lines === '1';
  const head = at('text')?.textContent ?? '';
  const start = localSource(head, lines, data.whole ? '' : 'first');
  if (head) await show(tail?.textContent ? [start, localSource(tail.textContent, lines, 'last')] : [start]);
  at('tools')?.removeAttribute('hidden');
  if (data.whole !== '1' && size <= AUTO_LOAD_BYTES) await openWhole();
  if (info && data.depth) note(`Nested ${data.depth} levels deep.`);
}
