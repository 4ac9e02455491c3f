import { isNumeric } from '../../../shared/kit/table/infer-schema.ts';
import type { TableData } from '../../../shared/kit/table/page-data.ts';
import type { LazyTable, TableRow, TableSize } from '../../../shared/kit/table/table-view.ts';
import { count, plural } from '../../../shared/kit/text/numbers.ts';
import { chartPanel } from './chart.ts';
import { CONTROLS_STYLE } from './controls-style.ts';
import { summaryButton } from './summary-row.ts';
import { createVirtualGrid, type VirtualGrid } from './virtual-grid.ts';

/** Creates the table of a page; `url` is the URL of the file. */
type CreateTable<Data> = (data: Data, url: string) => LazyTable;

/** Starts the script of a page with one table, or several tables in tabs. */
export function startTables<Data extends TableData>(createTable: CreateTable<Data>): void {
  document.head.insertAdjacentHTML('beforeend', `<style>${CONTROLS_STYLE}</style>`);
  const sheets = [...document.querySelectorAll<HTMLElement>('.sheet')];
  for (const root of sheets.length > 0 ? sheets : [document.body]) startTable(root, createTable);
  const tabs = [...document.querySelectorAll<HTMLButtonElement>('.tabs button')];
  tabs.forEach((tab, chosen) => {
    tab.addEventListener('click', () => {
      for (const [i, other] of tabs.entries()) other.ariaPressed = String(i === chosen);
      for (const [i, sheet] of sheets.entries()) sheet.hidden = i !== chosen;
    });
  });
}

/**
 * Connects the controls of a table: showing all rows, sorting, filtering, column summaries, and the chart. The table is
 * created and loaded when it is first needed.
 */
function startTable<Data extends TableData>(root: Element, createTable: CreateTable<Data>): void {
  const query = <T extends HTMLElement>(selector: string): T | null => root.querySelector<T>(selector);
  const data = JSON.parse(query('script[type="application/json"]')?.textContent ?? '{}') as Data;
  const element = query('.grid');
  const status = query('.count');
  const button = query('.all');
  const filter = query<HTMLInputElement>('.filter');
  const progress = query<HTMLProgressElement>('progress');
  if (!element || !status || !filter || !progress) return;
  const headers = [...element.querySelectorAll<HTMLElement>('th[aria-sort]')];
  const shape = status.textContent?.replace(/^.* × /, '') ?? '';

  let loading: Promise<{ session: LazyTable; grid: VirtualGrid }> | undefined;
  let table: TableSize = { rows: data.rows ?? 0, hasMore: false };
  let statusText = status.textContent ?? '';

  /** Loads the table at the first call. After a failure the next call tries again. */
  function whole(): Promise<{ session: LazyTable; grid: VirtualGrid }> {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      if (button) button.hidden = false;
      throw error;
    });
    return loading;
  }

  async function load(): Promise<{ session: LazyTable; grid: VirtualGrid }> {
    const session = createTable(data, new URL(data.source, document.baseURI).href);
    if (button) button.hidden = true;
    table = await session.load((part) => {
      progress!.value = part;
    });
    // Reading rows may take long: the rest of the table may have to be sorted first.
    const rows = (from: number, most: number): Promise<TableRow[] | undefined> =>
      work('Reading…', () => session.rows(from, most));
    const grid = createVirtualGrid(element!, rows, data.columns, table.rows);
    filter!.hidden = false;
    show(grid, table.rows);
    return { session, grid };
  }

  function show(grid: VirtualGrid, rows: number): void {
    grid.reset(rows);
    const all = `${table.hasMore ? 'the first ' : ''}${plural(table.rows, 'row')}`;
    statusText = rows === table.rows ? `${all} × ${shape}` : `${count(rows)} of ${all}`;
    if (table.hasMore) statusText += ' (there are more, which a page does not keep)';
  }

  /** Runs a task with the loaded table. Shows `doing` as the status after a while, and the error if it fails. */
  async function work<T>(
    doing: string,
    task: (session: LazyTable, grid: VirtualGrid) => T,
  ): Promise<Awaited<T> | undefined> {
    element!.ariaBusy = 'true';
    const timer = setTimeout(() => {
      progress!.hidden = false;
      status!.textContent = doing;
    }, 150);
    progress!.removeAttribute('value');
    try {
      const { session, grid } = await whole();
      return await task(session, grid);
    } catch (error) {
      statusText = `The table could not be read: ${error instanceof Error ? error.message : String(error)}.`;
      return undefined;
    } finally {
      clearTimeout(timer);
      progress!.hidden = true;
      status!.textContent = statusText;
      element!.ariaBusy = 'false';
    }
  }

  const summary = summaryButton(element, data, (column) => work('Counting…', (session) => session.summary(column)));
  const chart = chartPanel(data, headers, (x, ys) => work('Drawing…', (session) => session.curves(x, ys)));
  element.before(chart.panel);
  const tools = document.createElement('span');
  tools.className = 'tools';
  tools.append(summary, ...(chart.button ? [chart.button] : []));
  filter.after(tools);

  button?.addEventListener('click', () => void work('Reading…', () => {}));

  headers.forEach((header, column) => {
    header.querySelector('button')?.addEventListener('click', () => {
      const next =
        { none: 'ascending', ascending: 'descending', descending: 'none' }[header.ariaSort ?? 'none'] ?? 'none';
      for (const other of headers) other.ariaSort = other === header ? next : 'none';
      const numeric = isNumeric(data.types[column]);
      void work('Sorting…', async (session, grid) => {
        const by = next === 'none' ? undefined : { column, numeric, descending: next === 'descending' };
        show(grid, await session.sort(by));
      });
    });
  });

  let timer: ReturnType<typeof setTimeout> | undefined;
  filter.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(
      () => void work('Filtering…', async (session, grid) => show(grid, await session.filter(filter.value))),
      150,
    );
  });
}
