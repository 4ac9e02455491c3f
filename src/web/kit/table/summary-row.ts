import { escapeHtml } from '../../../shared/kit/page/shell.ts';
import type { TableData } from '../../../shared/kit/table/page-data.ts';
import type { Summary } from '../../../shared/kit/table/statistics.ts';
import { count, plural } from '../../../shared/kit/text/numbers.ts';
import { widenColumns } from './virtual-grid.ts';

/** Size of a histogram in pixels. */
const [WIDTH, HEIGHT] = [120, 34];

/**
 * A button that shows a row of column summaries below the header. Only the summaries of visible columns are computed.
 */
export function summaryButton(
  grid: HTMLElement,
  facts: TableData,
  summaryOf: (column: number) => Promise<Summary | undefined>,
): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Summary';
  button.ariaPressed = 'false';
  let row: HTMLTableRowElement | undefined;
  let seen: IntersectionObserver | undefined;

  function show(): HTMLTableRowElement {
    const element = document.createElement('tr');
    element.className = 'summary';
    element.innerHTML = `<td class="n">${'<td><div>…</div>'.repeat(facts.columns)}`;
    grid.querySelector('thead')?.append(element);
    widenColumns(grid, (width, i) => (i === 0 ? width : WIDTH + 20));
    seen = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) if (isIntersecting) void fill(target as HTMLTableCellElement);
      },
      { root: grid },
    );
    for (const cell of [...element.cells].slice(1)) seen.observe(cell);
    return element;
  }

  async function fill(cell: HTMLTableCellElement): Promise<void> {
    seen?.unobserve(cell);
    const summary = await summaryOf(cell.cellIndex - 1);
    cell.innerHTML = summary ? summaryHtml(summary) : '';
  }

  button.addEventListener('click', () => {
    const on = button.ariaPressed !== 'true';
    button.ariaPressed = String(on);
    row ??= show();
    row.hidden = !on;
  });
  return button;
}

/** A summary as HTML. */
function summaryHtml(summary: Summary): string {
  const { range, words, missing, named = [], others = 0 } = summary;
  const rest = [
    missing > 0 ? `${count(missing)} missing` : '',
    ...named.map(({ text, count: times }) => `${count(times)} ${text}`),
    others > 0 ? `${count(others)} other` : '',
  ];
  if (range) {
    const mean = range.mean === undefined ? '' : `mean ${range.mean}`;
    const ends = range.least === range.greatest ? range.least : `${range.least} – ${range.greatest}`;
    return block(histogram(range.bins, ends), [ends, [mean, ...rest].filter(Boolean).join(' · ') || 'none missing']);
  }
  if (!words) return block('', [`${plural(summary.rows, 'row')}`, rest.filter(Boolean).join(' · ')]);
  const different = `${words.more ? 'more than ' : ''}${count(words.distinct)} different`;
  return block(bars(words.top, summary.rows), [different, rest.filter(Boolean).join(' · ') || 'none missing']);
}

const block = (picture: string, lines: readonly string[]): string =>
  `<div>${picture}${lines.map((line) => `<p title="${escapeHtml(line)}">${escapeHtml(line)}</p>`).join('')}</div>`;

function histogram(bins: readonly number[], title: string): string {
  const most = Math.max(...bins);
  const width = WIDTH / bins.length;
  const parts = bins.map((bin, i) => {
    // Bins that are not empty are at least one pixel high.
    const height = bin === 0 ? 0 : Math.max(1, (bin / most) * HEIGHT);
    return (
      `<rect x="${(i * width).toFixed(1)}" y="${(HEIGHT - height).toFixed(1)}` +
      `" width="${Math.max(1, width - 1).toFixed(1)}" height="${height.toFixed(1)}"/>`
    );
  });
  return (
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}` +
    `" preserveAspectRatio="none" role="img" aria-label="Histogram: ${escapeHtml(title)}">${parts.join('')}` +
    `</svg>`
  );
}

function bars(top: readonly { text: string; count: number }[], rows: number): string {
  const lines = top.slice(0, 2).map(({ text, count: times }) => {
    const part = Math.round((100 * times) / Math.max(1, rows));
    return (
      `<p class="word" title="${escapeHtml(`${text}: ${count(times)}`)}" style="--part:${part}%"><span>` +
      `${escapeHtml(text)}</span><b>${part}%</b></p>`
    );
  });
  return lines.join('');
}
