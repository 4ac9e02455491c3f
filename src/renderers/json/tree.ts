import { count, plural } from '../text/words.ts';
import type { Row } from './document.ts';

/** Where a tree gets its values from: this page, or a worker. */
export interface Source {
  readonly root: Row;
  children(row: Row, from: number, count: number): Promise<Row[]>;
  text(row: Row, limit: number): Promise<string>;
}

export interface Tree {
  /** Opens values from the top, level by level, until about `limit` rows are shown. Gives whether all are open. */
  expand(limit: number): Promise<boolean>;
  collapse(): void;
}

const PAGE = 100;
/** Deeper levels are not moved further to the right. */
const INDENT = 40;
const LONG = 200_000;
const UNITS: Record<string, string> = { object: 'key', lines: 'row' };

interface Item {
  readonly row: Row;
  readonly level: number;
  readonly path: string;
  readonly element: HTMLElement;
  readonly toggle: HTMLButtonElement | undefined;
  open: boolean;
}

/**
 * A JSON value as rows, of which those inside a closed one do not exist. The rows are a flat list, so that no depth
 * of nesting is a depth of elements. `say` hears the path of what was copied.
 */
export function createTree(source: Source, element: HTMLElement, say: (text: string) => void): Tree {
  const items = new Map<Element, Item>();
  element.classList.add('tree');

  function itemOf(row: Row, level: number, path: string): Item {
    const line = document.createElement('div');
    line.className = 'row';
    line.style.setProperty('--level', String(Math.min(level, INDENT)));
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
    line.append(span(`value ${row.kind}`, row.text + (row.long ? '…' : '')));
    if (container && row.count > 0) line.append(span('count', plural(row.count, UNITS[row.kind] ?? 'item')));
    if (row.cut) line.append(span('count', 'goes on'));
    const item: Item = { row, level, path, element: line, toggle, open: false };
    items.set(line, item);
    return item;
  }

  async function open(item: Item): Promise<void> {
    if (item.open || !item.toggle) return;
    item.open = true;
    item.element.classList.add('open');
    item.toggle.setAttribute('aria-expanded', 'true');
    await addChildren(item, item.element, 0);
  }

  async function addChildren(parent: Item, after: Element, from: number): Promise<void> {
    const rows = await source.children(parent.row, from, PAGE);
    if (!parent.open || !after.isConnected) return;
    const fragment = document.createDocumentFragment();
    for (const row of rows) fragment.append(itemOf(row, parent.level + 1, pathOf(parent, row)).element);
    const left = parent.row.count - from - rows.length;
    if (left > 0 && rows.length > 0) {
      const more = document.createElement('div');
      more.className = 'row more';
      more.style.setProperty('--level', String(Math.min(parent.level + 1, INDENT)));
      const button = document.createElement('button');
      button.textContent = `${count(Math.min(PAGE, left))} more of ${count(left)}`;
      button.onclick = async () => {
        button.disabled = true;
        await addChildren(parent, more, from + rows.length);
        more.remove();
      };
      more.append(button);
      levels.set(more, parent.level + 1);
      fragment.append(more);
    }
    after.after(fragment);
  }
  /** The levels of the rows that say how many more there are. */
  const levels = new WeakMap<Element, number>();

  function close(item: Item): void {
    item.open = false;
    item.element.classList.remove('open');
    item.toggle?.setAttribute('aria-expanded', 'false');
    for (let next = item.element.nextElementSibling; next; next = item.element.nextElementSibling) {
      if ((items.get(next)?.level ?? levels.get(next) ?? 0) <= item.level) break;
      items.delete(next);
      next.remove();
    }
  }

  element.addEventListener('click', (event) => {
    const target = event.target as HTMLElement;
    const item = items.get(target.closest('.row') ?? element);
    if (!item || getSelection()?.type === 'Range') return;
    if (target.classList.contains('key')) {
      copy(item.path);
      say(`Copied ${item.path}`);
    } else if (item.toggle) item.open ? close(item) : void open(item);
    else if (item.row.long && target.classList.contains('value')) {
      void source.text(item.row, LONG).then((text) => {
        target.textContent = text + (item.row.end - item.row.start > LONG ? '…' : '');
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

  const root = itemOf(source.root, 0, '');
  element.replaceChildren(root.element);

  return {
    async expand(limit) {
      const left = new Set<Item>();
      const closed = () => [...items.values()].filter((item) => item.toggle && !item.open && !left.has(item));
      for (let next = closed(); next.length > 0; next = closed()) {
        for (const item of next) {
          // What would not fit stays closed, but the first always opens.
          if (items.size > 1 && items.size + Math.min(item.row.count, PAGE) > limit) left.add(item);
          else await open(item);
        }
      }
      return left.size === 0;
    },
    collapse: () => close(root),
  };
}

function span(className: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}

/** The path of a child, as jq writes it. */
function pathOf(parent: Item, row: Row): string {
  if (parent.row.kind !== 'object') return `${parent.path || '.'}[${row.key}]`;
  const key = row.key ?? '';
  return /^[A-Za-z_]\w*$/.test(key) ? `${parent.path}.${key}` : `${parent.path || '.'}[${JSON.stringify(key)}]`;
}

/** Copies where there may be no clipboard API: a sandboxed frame has none. */
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
