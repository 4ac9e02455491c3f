import { isNumeric } from '../../../shared/kit/table/infer-schema.ts';
import type { TableData } from '../../../shared/kit/table/page-data.ts';
import type { LazyTable, TableRow, TableSize } from '../../../shared/kit/table/table-view.ts';
import { count, plural } from '../../../shared/kit/text/numbers.ts';
import { chartPanel } from './chart.ts';
import { CONTROLS_STYLE } from './controls-style.ts';
import { summaryButton } from './summary-row.ts';
import { createVirtualGrid, type VirtualGrid } from './virtual-grid.ts';

/** Creates the table of a page; `url` is the URL of the file. */
type EngineOf<Facts> = (facts: Facts, url: string) => LazyTable;

/** Starts the script of a page with one table, or several tables in tabs. */
export function startTables<Facts extends TableData>(engineOf: EngineOf<Facts>): void {
  document.head.insertAdjacentHTML('beforeend', `<style>${CONTROLS_STYLE}</style>`);
  const sheets = [...document.querySelectorAll<HTMLElement>('.sheet')];
  for (const root of sheets.length > 0 ? sheets : [document.body]) startTable(root, engineOf);
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
function startTable<Facts extends TableData>(root: Element, engineOf: EngineOf<Facts>): void {
  const one = <T extends HTMLElement>(selector: string): T | null => root.querySelector<T>(selector);
  const facts = JSON.parse(one('script[type="application/json"]')?.textContent ?? '{}') as Facts;
  const element = one('.grid');
  const status = one('.count');
  const button = one('.all');
  const filter = one<HTMLInputElement>('.filter');
  const progress = one<HTMLProgressElement>('progress');
  if (!element || !status || !filter || !progress) return;
  const headers = [...element.querySelectorAll<HTMLElement>('th[aria-sort]')];
  const shape = status.textContent?.replace(/^.* × /, '') ?? '';

  let loading: Promise<{ engine: LazyTable; grid: VirtualGrid }> | undefined;
  let table: TableSize = { rows: facts.rows ?? 0, hasMore: false };
  let said = status.textContent ?? '';

  /** Loads the table at the first call. After a failure the next call tries again. */
  function whole(): Promise<{ engine: LazyTable; grid: VirtualGrid }> {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      if (button) button.hidden = false;
      throw error;
    });
    return loading;
  }

  async function load(): Promise<{ engine: LazyTable; grid: VirtualGrid }> {
    const engine = engineOf(facts, new URL(facts.source, document.baseURI).href);
    if (button) button.hidden = true;
    table = await engine.load((part) => {
      progress!.value = part;
    });
    // Reading rows may take long: the rest of the table may have to be sorted first.
    const rows = (from: number, most: number): Promise<TableRow[] | undefined> =>
      work('Reading…', () => engine.rows(from, most));
    const grid = createVirtualGrid(element!, rows, facts.columns, table.rows);
    filter!.hidden = false;
    show(grid, table.rows);
    return { engine, grid };
  }

  function show(grid: VirtualGrid, rows: number): void {
    grid.reset(rows);
    const all = `${table.hasMore ? 'the first ' : ''}${plural(table.rows, 'row')}`;
    said = rows === table.rows ? `${all} × ${shape}` : `${count(rows)} of ${all}`;
    if (table.hasMore) said += ' (there are more, which a page does not keep)';
  }

  /** Runs a task with the loaded table. Shows `doing` as the status after a while, and the error if it fails. */
  async function work<T>(
    doing: string,
    task: (engine: LazyTable, grid: VirtualGrid) => T,
  ): Promise<Awaited<T> | undefined> {
    element!.ariaBusy = 'true';
    const timer = setTimeout(() => {
      progress!.hidden = false;
      status!.textContent = doing;
    }, 150);
    progress!.removeAttribute('value');
    try {
      const { engine, grid } = await whole();
      return await task(engine, grid);
    } catch (error) {
      said = `The table could not be read: ${error instanceof Error ? error.message : String(error)}.`;
      return undefined;
    } finally {
      clearTimeout(timer);
      progress!.hidden = true;
      status!.textContent = said;
      element!.ariaBusy = 'false';
    }
  }

  const summary = summaryButton(element, facts, (column) => work('Counting…', (engine) => engine.summary(column)));
  const chart = chartPanel(facts, headers, (x, ys) => work('Drawing…', (engine) => engine.curves(x, ys)));
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
      const numeric = isNumeric(facts.types[column]);
      void work('Sorting…', async (engine, grid) => {
        const by = next === 'none' ? undefined : { column, numeric, descending: next === 'descending' };
        show(grid, await engine.sort(by));
      });
    });
  });

  let timer: ReturnType<typeof setTimeout> | undefined;
  filter.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(
      () => void work('Filtering…', async (engine, grid) => show(grid, await engine.filter(filter.value))),
      150,
    );
  });
}
