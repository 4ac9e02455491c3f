import uPlot from 'uplot';
import { CHART_HEIGHT, chartOptions, chartStyleOf } from './chart-options.ts';
import { type ShownPanel, shownPanels, subtitleOf, tablesWithChoice } from './panels.ts';
import type { Table } from './store.ts';
import { dataOf, isZoomed } from './values.ts';

interface DrawnChart {
  readonly plot: uPlot;
  readonly shown: ShownPanel;
}

/** The charts of a page, and the choices of a device or processor. */
export class Charts {
  readonly #container: HTMLElement;
  readonly #bar: HTMLElement;
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  readonly #sync = uPlot.sync('metrics');
  /** The selected key of a table, by its name. */
  readonly #selectedKeys = new Map<string, string>();
  #tables: ReadonlyMap<string, Table> = new Map();
  #charts: DrawnChart[] = [];
  /** The panels for which `#charts` were created, as JSON; empty if they must be created anew. */
  #createdPanels = '';

  /** @param container element for the charts @param bar element for the choices */
  constructor(container: HTMLElement, bar: HTMLElement) {
    this.#container = container;
    this.#bar = bar;
    container.className = 'charts';
    this.#dark.addEventListener('change', () => {
      this.#createdPanels = '';
      this.draw(this.#tables);
    });
    new ResizeObserver(() => this.#resize()).observe(container);
  }

  /** Draws the tables. Extends the existing charts if the tables have the same panels. */
  draw(tables: ReadonlyMap<string, Table>): void {
    this.#tables = tables;
    const panels = shownPanels(tables.values(), this.#selectedKeys);
    const newPanels = JSON.stringify(panels.map(({ panel, keys }) => [panel, keys.length]));
    if (newPanels !== this.#createdPanels) {
      this.#createdPanels = newPanels;
      this.#createCharts(panels);
    }
    for (const { plot, shown } of this.#charts) {
      const keepZoom = isZoomed(plot.scales.x ?? {}, plot.data[0]);
      plot.setData(dataOf(shown.table, shown.panel), !keepZoom);
    }
    // uPlot resets the legend when it draws, in the next frame, so set it after that.
    requestAnimationFrame(() => {
      for (const { plot } of this.#charts) if ((plot.cursor.left ?? -1) < 0) showLatest(plot);
    });
  }

  #createCharts(panels: readonly ShownPanel[]): void {
    for (const { plot } of this.#charts) plot.destroy();
    for (const select of this.#bar.querySelectorAll('select')) select.remove();
    this.#bar.append(...tablesWithChoice(panels).map((shown) => this.#createChoice(shown)));
    this.#container.replaceChildren();
    this.#charts = panels.map((shown) => this.#createChart(shown));
  }

  #createChart(shown: ShownPanel): DrawnChart {
    const { table, panel } = shown;
    const box = document.createElement('section');
    box.className = 'chart';
    const title = document.createElement('h2');
    const subtitle = document.createElement('span');
    subtitle.textContent = ` ${subtitleOf(shown)}`;
    title.append(panel.title, subtitle);
    box.append(title);
    this.#container.append(box);
    const style = chartStyleOf(this.#container, this.#dark.matches);
    const options = chartOptions(table, panel, widthOf(box), style, this.#sync.key);
    const plot = new uPlot(options, dataOf(table, panel), box);
    plot.over.addEventListener('mouseleave', () => showLatest(plot));
    return { plot, shown };
  }

  #createChoice({ table, keys, key }: ShownPanel): HTMLSelectElement {
    const select = document.createElement('select');
    select.setAttribute('aria-label', `Which ${table.name}`);
    select.append(...keys.map((option) => new Option(`${table.name}: ${option}`, option, false, option === key)));
    select.addEventListener('change', () => {
      this.#selectedKeys.set(table.name, select.value);
      this.draw(this.#tables);
    });
    return select;
  }

  #resize(): void {
    for (const { plot } of this.#charts)
      plot.setSize({ width: widthOf(plot.root.parentElement ?? this.#container), height: CHART_HEIGHT });
  }
}

/** Shows the latest values in the legend, for when the pointer is not on the chart. */
function showLatest(plot: uPlot): void {
  plot.setLegend({ idx: plot.data[0].length - 1 }, false);
}

function widthOf(element: Element): number {
  return Math.max(200, element.clientWidth);
}
