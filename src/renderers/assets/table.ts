/** The script of a table's page: sorting, filtering, and all of its rows. In a worker: what keeps a large table. */
import { answerInWorker, type Engine, localEngine, workerEngine } from '../table/engine.ts';
import { createGrid, type Grid } from '../table/grid.ts';
import { isNumeric } from '../table/guess.ts';
import type { TableFacts } from '../table/look.ts';
import { count, plural, size } from '../text/words.ts';

if (typeof document === 'undefined') answerInWorker();
else start();

function start(): void {
  const script = (document.currentScript as HTMLScriptElement).src;
  const facts = JSON.parse(document.getElementById('table')?.textContent ?? '{}') as TableFacts;
  const one = <T extends HTMLElement>(selector: string): T | null => document.querySelector<T>(selector);
  const element = one('.grid');
  const status = one('.count');
  const button = one('.all');
  const filter = one<HTMLInputElement>('.filter');
  const progress = one<HTMLProgressElement>('progress');
  if (!element || !status || !filter || !progress) return;
  const headers = [...element.querySelectorAll<HTMLElement>('th[aria-sort]')];
  const shape = status.textContent?.replace(/^.* × /, '') ?? '';

  let loading: Promise<{ engine: Engine; grid: Grid }> | undefined;
  let total = facts.rows ?? 0;

  /** Loads the table when it is first needed. */
  function whole(): Promise<{ engine: Engine; grid: Grid }> {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      if (button) button.hidden = false;
      throw error;
    });
    return loading;
  }

  async function load(): Promise<{ engine: Engine; grid: Grid }> {
    const url = new URL(facts.source, document.baseURI).href;
    const engine = facts.text === undefined ? workerEngine(facts, url, script) : localEngine(facts, facts.text);
    if (button) button.hidden = true;
    progress!.hidden = facts.text !== undefined;
    try {
      total = await engine.load((bytes) => {
        progress!.value = bytes / facts.size;
        status!.textContent = `Reading: ${size(bytes)} of ${size(facts.size)}`;
      });
    } finally {
      progress!.hidden = true;
    }
    const grid = createGrid(element!, engine, facts.columns, total);
    filter!.hidden = false;
    show(grid, total);
    return { engine, grid };
  }

  function show(grid: Grid, rows: number): void {
    grid.reset(rows);
    status!.textContent =
      rows === total ? `${plural(total, 'row')} × ${shape}` : `${count(rows)} of ${plural(total, 'row')}`;
  }

  /** Does something with the whole table, and says so where it fails. */
  async function work(doing: string, task: (engine: Engine) => Promise<number>): Promise<void> {
    element!.ariaBusy = 'true';
    try {
      const { engine, grid } = await whole();
      status!.textContent = doing;
      show(grid, await task(engine));
    } catch (error) {
      status!.textContent = `The table could not be read: ${error instanceof Error ? error.message : String(error)}.`;
    } finally {
      element!.ariaBusy = 'false';
    }
  }

  button?.addEventListener('click', () => void work('', async () => total));

  headers.forEach((header, column) => {
    header.querySelector('button')?.addEventListener('click', () => {
      const next =
        { none: 'ascending', ascending: 'descending', descending: 'none' }[header.ariaSort ?? 'none'] ?? 'none';
      for (const other of headers) other.ariaSort = other === header ? next : 'none';
      const numeric = isNumeric(facts.types[column]);
      void work('Sorting…', (engine) =>
        engine.sort(next === 'none' ? undefined : { column, numeric, descending: next === 'descending' }),
      );
    });
  });

  let timer: ReturnType<typeof setTimeout> | undefined;
  filter.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => void work('Filtering…', (engine) => engine.filter(filter.value)), 150);
  });
}
