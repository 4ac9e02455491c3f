import { count, plural } from '../../../shared/kit/text/numbers.ts';
import type { TreeRow } from '../../../shared/kit/tree/json-document.ts';
import { markFirst } from '../dom/mark-first.ts';

/** The values of a tree, in the page or in a worker. The methods are those of `JsonDocument`. */
export interface TreeSource {
  readonly root: TreeRow;
  children(row: TreeRow, from: number, count: number): Promise<TreeRow[]>;
  text(row: TreeRow, limit: number): Promise<string>;
  find(query: string, limit: number): Promise<number[]>;
  pathTo(offset: number): Promise<number[]>;
}

export interface TreeView {
  /** Opens values level by level until about `limit` rows are shown. Resolves to whether all are open. */
  expand(limit: number): Promise<boolean>;
  collapse(): void;
  /** Opens and shows the value at a path of child indexes, with `text` in it highlighted. Resolves to its path as text. */
  reveal(indexes: readonly number[], text: string): Promise<string>;
}

/** The syntax of paths. */
export type PathStyle = 'jq' | 'xpath';

const PAGE_ROWS = 100;
/** Deeper levels are not indented further. */
const MAX_INDENT = 40;
const MAX_TEXT_BYTES = 200_000;
const UNITS: Record<string, string> = { object: 'key', lines: 'row' };

interface Item {
  readonly row: TreeRow;
  readonly level: number;
  readonly path: string;
  /** Index among the children of its parent. */
  readonly index: number;
  readonly element: HTMLElement;
  readonly toggle: HTMLButtonElement | undefined;
  open: boolean;
}

/** Children that are not shown yet. A row with a button stands for them. */
interface HiddenRange {
  readonly parent: Item;
  readonly from: number;
  readonly to: number;
}

/**
 * Shows a JSON value as rows. Only rows inside open values exist. The rows are a flat list of elements, so that deeply
 * nested values do not nest elements.
 * @param onStatus receives messages for the user, such as the path that was copied
 */
export function createTreeView(
  source: TreeSource,
  element: HTMLElement,
  onStatus: (text: string) => void,
  style: PathStyle = 'jq',
): TreeView {
  const items = new Map<Element, Item>();
  const hiddenRanges = new WeakMap<Element, HiddenRange>();
  element.classList.add('tree');

  function itemOf(row: TreeRow, level: number, path: string, index: number): Item {
    const line = document.createElement('div');
    line.className = 'row';
    line.style.setProperty('--level', String(Math.min(level, MAX_INDENT)));
    const container = row.kind === 'object' || row.kind === 'array' || row.kind === 'lines';
    let toggle: HTMLButtonElement | undefined;
    if (container && row.count > 0) {
      toggle = document.createElement('button');
      toggle.className = 'toggle';
      toggle.setAttribute('aria-expanded', 'false');
      toggle.setAttribute('aria-label', row.key ?? 'all');
      line.append(toggle);
    }
    if (row.key !== undefined) {
      const key = span('key', row.key);
      key.title = `${path}\nClick to copy the path`;
      line.append(key, ': ');
    }
    line.append(span(`value ${row.kind}`, row.text + (row.isShortened ? '…' : '')));
    if (container && row.count > 0) line.append(span('count', plural(row.count, UNITS[row.kind] ?? 'item')));
    if (row.isIncomplete) line.append(span('count', 'goes on'));
    const item: Item = { row, level, path, index, element: line, toggle, open: false };
    items.set(line, item);
    return item;
  }

  async function open(item: Item): Promise<void> {
    if (item.open || !item.toggle) return;
    item.open = true;
    item.element.classList.add('open');
    item.toggle.setAttribute('aria-expanded', 'true');
    await addChildren({ parent: item, from: 0, to: item.row.count }, item.element);
  }

  /** Shows up to `PAGE_ROWS` children of a hidden range from `start` on. The children before and after stay hidden. */
  async function addChildren({ parent, from, to }: HiddenRange, after: Element, start = from): Promise<void> {
    const rows = await source.children(parent.row, start, Math.min(PAGE_ROWS, to - start));
    if (!parent.open || !after.isConnected) return;
    const fragment = document.createDocumentFragment();
    if (start > from) fragment.append(hiddenRow({ parent, from, to: start }));
    for (const [i, row] of rows.entries())
      fragment.append(itemOf(row, parent.level + 1, pathOf(parent, row, style), start + i).element);
    const end = start + rows.length;
    if (end < to && rows.length > 0) fragment.append(hiddenRow({ parent, from: end, to }));
    after.after(fragment);
  }

  function hiddenRow(gap: HiddenRange): HTMLElement {
    const more = document.createElement('div');
    more.className = 'row more';
    more.style.setProperty('--level', String(Math.min(gap.parent.level + 1, MAX_INDENT)));
    const button = document.createElement('button');
    const left = gap.to - gap.from;
    button.textContent = `${count(Math.min(PAGE_ROWS, left))} more of ${count(left)}`;
    button.onclick = async () => {
      button.disabled = true;
      await addChildren(gap, more);
      more.remove();
    };
    more.append(button);
    hiddenRanges.set(more, gap);
    return more;
  }

  const levelOf = (row: Element) => items.get(row)?.level ?? (hiddenRanges.get(row)?.parent.level ?? -1) + 1;

  /** The item of a child; loads it if it is hidden. */
  async function childOf(parent: Item, index: number): Promise<Item | undefined> {
    await open(parent);
    for (let next = parent.element.nextElementSibling; next; next = next.nextElementSibling) {
      if (levelOf(next) <= parent.level) return undefined;
      const item = items.get(next);
      if (item && item.level === parent.level + 1 && item.index === index) return item;
      const gap = hiddenRanges.get(next);
      if (gap?.parent !== parent || index < gap.from || index >= gap.to) continue;
      await addChildren(gap, next, Math.max(gap.from, index - (index % PAGE_ROWS)));
      const gone = next;
      next = parent.element;
      gone.remove();
    }
    return undefined;
  }

  function close(item: Item): void {
    item.open = false;
    item.element.classList.remove('open');
    item.toggle?.setAttribute('aria-expanded', 'false');
    for (let next = item.element.nextElementSibling; next; next = item.element.nextElementSibling) {
      if (levelOf(next) <= item.level) break;
      items.delete(next);
      next.remove();
    }
  }

  element.addEventListener('click', (event) => {
    const target = event.target as HTMLElement;
    const item = items.get(target.closest('.row') ?? element);
    if (!item || getSelection()?.type === 'Range') return;
    if (target.closest('.key')) {
      copy(item.path);
      onStatus(`Copied ${item.path}`);
    } else if (item.toggle) item.open ? close(item) : void open(item);
    else if (item.row.isShortened && target.classList.contains('value')) {
      void source.text(item.row, MAX_TEXT_BYTES).then((text) => {
        target.textContent = text + (item.row.end - item.row.start > MAX_TEXT_BYTES ? '…' : '');
      });
    }
  });
  element.addEventListener('keydown', (event) => {
    const item = items.get((event.target as HTMLElement).closest('.row') ?? element);
    if (!item?.toggle) return;
    if (event.key === 'ArrowRight') void open(item);
    else if (event.key === 'ArrowLeft') close(item);
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const toggles = [...element.querySelectorAll<HTMLElement>('.toggle')];
      toggles[toggles.indexOf(item.toggle) + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
    } else return;
    event.preventDefault();
  });

  const root = itemOf(source.root, 0, '', 0);
  element.replaceChildren(root.element);

  let expanding: Promise<boolean> = Promise.resolve(true);
  async function expandTo(limit: number): Promise<boolean> {
    const skipped = new Set<Item>();
    const closed = () => [...items.values()].filter((item) => item.toggle && !item.open && !skipped.has(item));
    for (let next = closed(); next.length > 0; next = closed()) {
      for (const item of next) {
        // Values that exceed the limit stay closed, except the root.
        if (items.size > 1 && items.size + Math.min(item.row.count, PAGE_ROWS) > limit) skipped.add(item);
        else await open(item);
      }
    }
    return skipped.size === 0;
  }

  return {
    expand: (limit) => {
      // Calls run one after the other: a value counts as open while its children are still loading.
      expanding = expanding.then(() => expandTo(limit));
      return expanding;
    },
    collapse: () => close(root),
    async reveal(indexes, text) {
      let item = root;
      for (const index of indexes) {
        const child = await childOf(item, index);
        if (!child) break;
        item = child;
      }
      for (const old of element.querySelectorAll('mark')) old.replaceWith(...old.childNodes);
      element.querySelector('.found')?.classList.remove('found');
      item.element.classList.add('found');
      item.element.normalize();
      markFirst(item.element, text);
      item.element.scrollIntoView({ block: 'center' });
      return item.path;
    },
  };
}

function span(className: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}

/** The path of a child. The keys of XML elements are XPath steps. */
function pathOf(parent: Item, row: TreeRow, style: PathStyle): string {
  const key = row.key ?? '';
  if (style === 'xpath') return `${parent.path}/${key.replace(/^#(text|comment)/, '$1()')}`;
  if (parent.row.kind !== 'object') return `${parent.path || '.'}[${key}]`;
  return /^[A-Za-z_]\w*$/.test(key) ? `${parent.path}.${key}` : `${parent.path || '.'}[${JSON.stringify(key)}]`;
}

/** Copies without the Clipboard API, which sandboxed frames do not have. */
function copy(text: string): void {
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}
