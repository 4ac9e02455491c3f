import { ROW_HEIGHT, rowHtml } from '../../../shared/kit/table/page-data.ts';
import type { TableRow } from '../../../shared/kit/table/table-view.ts';
import { count } from '../../../shared/kit/text/numbers.ts';

/** Browsers limit the height of an element to about 17 million pixels. In taller tables a pixel stands for several rows. */
const MAX_HEIGHT = 8_000_000;

/** Rows that are drawn first of a new view: after sorting, each row may need a read of its own. */
const FIRST_DRAW_ROWS = 6;

export interface VirtualGrid {
  /** Shows the view from its first row. `rows`: number of rows in view. */
  reset(rows: number): void;
}

/**
 * Turns the preview of a table into a view of the whole table. Only the visible rows are in the document.
 * @param element the scrolling element around the table
 * @param rowsFrom reads rows of the view; undefined if they cannot be read
 * @param rows number of rows in the table
 */
export function createVirtualGrid(
  element: HTMLElement,
  rowsFrom: (from: number, count: number) => Promise<readonly TableRow[] | undefined>,
  columns: number,
  rows: number,
): VirtualGrid {
  const table = element.querySelector('table') as HTMLTableElement;
  const body = table.tBodies[0] as HTMLTableSectionElement;
  fixWidths(table, 20 + 8 * count(rows).length);
  element.style.height = `${element.offsetHeight}px`;
  if (document.documentElement.classList.contains('alone')) element.style.height = '';
  element.classList.add('whole');
  const sizer = document.createElement('div');
  sizer.style.cssText = 'width:max-content;min-width:100%';
  element.append(sizer);
  sizer.append(table);

  let total = 0;
  let top = 0;
  let placed = 0;
  /** No row of the current view has been drawn yet. */
  let isNew = false;
  let drawing = false;
  let again = false;

  const headHeight = (): number => table.tHead?.offsetHeight ?? ROW_HEIGHT;
  const visible = (): number => Math.max(1, Math.floor((element.clientHeight - headHeight()) / ROW_HEIGHT));
  const last = (): number => Math.max(0, total - visible());
  const range = (): number => Math.max(1, element.scrollHeight - element.clientHeight);

  async function draw(): Promise<void> {
    again = drawing;
    if (drawing) return;
    drawing = true;
    try {
      const from = top;
      const steps = isNew ? [FIRST_DRAW_ROWS, visible()] : [visible()];
      isNew = false;
      for (const many of steps) {
        const rows = await rowsFrom(from, many);
        if (!rows) return;
        body.innerHTML = rows.map((row) => rowHtml(row.cells, columns, count(row.number))).join('');
        for (const [i, row] of [...body.rows].entries()) row.ariaRowIndex = String(from + i + 2);
        fitWidths(table, body);
      }
    } finally {
      drawing = false;
    }
    if (again) await draw();
  }

  function moveTo(row: number): void {
    top = Math.min(Math.max(0, Math.round(row)), last());
    placed = last() === 0 ? 0 : Math.round((top / last()) * range());
    element.scrollTop = placed;
    void draw();
  }

  element.addEventListener('scroll', () => {
    if (Math.abs(element.scrollTop - placed) < 2) return;
    placed = element.scrollTop;
    top = Math.round((placed / range()) * last());
    void draw();
  });
  element.addEventListener(
    'wheel',
    (event) => {
      // If a pixel of the scroll bar stands for several rows, move by rows instead.
      if (sizer.offsetHeight < MAX_HEIGHT || event.deltaY === 0 || event.ctrlKey) return;
      event.preventDefault();
      moveTo(top + Math.sign(event.deltaY) * Math.max(1, Math.abs(event.deltaY) / ROW_HEIGHT));
    },
    { passive: false },
  );
  element.addEventListener('keydown', (event) => {
    const moves: Record<string, number> = {
      ArrowDown: top + 1,
      ArrowUp: top - 1,
      PageDown: top + visible(),
      PageUp: top - visible(),
      Home: 0,
      End: total,
    };
    const to = event.target === element ? moves[event.key] : undefined;
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    moveTo(to);
  });
  const lengthen = (): void => {
    sizer.style.height = `${Math.min(MAX_HEIGHT, headHeight() + total * ROW_HEIGHT)}px`;
  };
  const resized = new ResizeObserver(() => {
    lengthen();
    void draw();
  });
  resized.observe(element);
  if (table.tHead) resized.observe(table.tHead);

  return {
    reset(rows) {
      total = rows;
      isNew = true;
      table.ariaRowCount = String(rows + 1);
      lengthen();
      moveTo(0);
    },
  };
}

/** Fixes the column widths at those of the preview. `numbers`: least width of the row number column, in pixels. */
function fixWidths(table: HTMLTableElement, numbers: number): void {
  const widths = [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.offsetWidth);
  const group = document.createElement('colgroup');

  widths.forEach((width, i) => {
    const column = document.createElement('col');
    column.style.width = `${i === 0 ? Math.max(width, numbers) : Math.min(Math.max(width + 8, 60), 420)}px`;
    group.append(column);
  });
  table.prepend(group);
  table.style.tableLayout = 'fixed';
  widenColumns(table, (width) => width);
}

/** Widens columns in which a short text is cut: short texts have no tooltip. */
function fitWidths(table: HTMLTableElement, body: HTMLTableSectionElement): void {
  const lacking: number[] = [];
  for (const row of body.rows)
    for (const [i, cell] of [...row.cells].entries())
      if (!cell.title) lacking[i] = Math.max(lacking[i] ?? 0, cell.scrollWidth - cell.clientWidth);
  if (lacking.some((pixels) => pixels > 0)) widenColumns(table, (width, i) => width + (lacking[i] ?? 0));
}

/** Widens columns of fixed width. `newWidth` returns the new width for a current width, in pixels. */
export function widenColumns(element: HTMLElement, newWidth: (width: number, column: number) => number): void {
  const columns = [...element.querySelectorAll('col')];
  let sum = 0;
  for (const [i, { style }] of columns.entries()) {
    const width = Number.parseFloat(style.width);
    const next = Math.max(width, newWidth(width, i));
    style.width = `${next}px`;
    sum += next;
  }
  const table = columns[0]?.closest('table');
  if (table) table.style.width = `${sum}px`;
}
