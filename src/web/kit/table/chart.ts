import { escapeHtml } from '../../../shared/kit/page/shell.ts';
import { isNumeric } from '../../../shared/kit/table/infer-schema.ts';
import type { TableData } from '../../../shared/kit/table/page-data.ts';
import type { Curve, Curves } from '../../../shared/kit/table/statistics.ts';

const [WIDTH, HEIGHT] = [1000, 240];
const COLOURS = ['var(--accent)', 'var(--warn)', 'var(--good)', 'var(--bad)'];
/** Number of curves in a chart. */
const MAX_CURVES = COLOURS.length;

/**
 * A panel with a line chart of up to four numeric columns over another column or the row number, and the button that
 * opens it. No button if the table has no numeric column.
 */
export function chartPanel(
  facts: TableData,
  headers: readonly HTMLElement[],
  curvesOf: (x: number | undefined, ys: readonly number[]) => Promise<Curves | undefined>,
): { readonly panel: HTMLElement; readonly button: HTMLButtonElement | undefined } {
  const names = headers.map((header) => header.textContent ?? '');
  const numeric = facts.types.flatMap((type, i) => (isNumeric(type) ? [i] : []));
  const along = facts.types.flatMap((type, i) => (isNumeric(type) || type === 'date' ? [i] : []));
  const panel = document.createElement('section');
  panel.className = 'chart';
  panel.hidden = true;
  panel.ariaLabel = 'Chart';
  if (numeric.length === 0) return { panel, button: undefined };
  const option = (value: string, name: string): string => `<option value="${value}">${escapeHtml(name)}`;
  const columnOptions = (columns: readonly number[]): string =>
    columns.map((column) => option(String(column), names[column] ?? '')).join('');
  const curveSelects = Array.from(
    { length: Math.min(MAX_CURVES, numeric.length) },
    (_, i) =>
      `<span class="key" style="--colour:${COLOURS[i]}"><select aria-label="Curve ${i + 1}">` +
      `${option('', '–')}${columnOptions(numeric)}</select></span>`,
  ).join('');
  const xSelect = `<select class="x">${option('', 'row number')}${columnOptions(along)}</select>`;
  panel.innerHTML = `<div class="bar">${curveSelects}<label>over ${xSelect}</label></div><figure></figure>`;
  const selects = [...panel.querySelectorAll<HTMLSelectElement>('.key select')];
  const x = panel.querySelector<HTMLSelectElement>('.x');
  const figure = panel.querySelector('figure') as HTMLElement;
  const day = facts.types.indexOf('date');
  if (x && day >= 0) x.value = String(day);
  // Skip the first column if there is another: it is usually a row number or an id.
  if (selects[0]) selects[0].value = String(numeric[numeric.length > 1 && numeric[0] === 0 ? 1 : 0]);

  let last = 0;
  async function draw(): Promise<void> {
    const turn = ++last;
    const chosen = selects.flatMap(({ value }, i) =>
      value === '' ? [] : [{ column: Number(value), colour: COLOURS[i] ?? '' }],
    );
    const curves =
      chosen.length === 0
        ? undefined
        : await curvesOf(
            x?.value ? Number(x.value) : undefined,
            chosen.map(({ column }) => column),
          );
    if (turn !== last) return;
    figure.innerHTML = curves
      ? chartHtml(
          curves,
          chosen.map(({ colour }) => colour),
        )
      : '<p class="note">Choose a column.</p>';
  }

  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Chart';
  button.ariaPressed = 'false';
  button.addEventListener('click', () => {
    panel.hidden = !panel.hidden;
    button.ariaPressed = String(!panel.hidden);
    if (!panel.hidden && figure.childElementCount === 0) void draw();
  });
  panel.addEventListener('change', () => void draw());
  return { panel, button };
}

function chartHtml(
  { from, to, least, greatest, leastText, greatestText, curves }: Curves,
  colours: readonly string[],
): string {
  if (least > greatest) return '<p class="note">No numbers to draw.</p>';
  const high = least === greatest ? [least - 1, greatest + 1] : [least, greatest];
  const y = (value: number): number => HEIGHT - ((value - (high[0] ?? 0)) / ((high[1] ?? 0) - (high[0] ?? 0))) * HEIGHT;
  const [leastHtml, greatestHtml] = [escapeHtml(leastText), escapeHtml(greatestText)];
  const drawn = curves.map((curve, i) => curveSvg(curve, y, colours[i] ?? '')).join('');
  return (
    `<div class="axis"><span>${greatestHtml}</span><span>${leastHtml}</span></div>` +
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" ` +
    `aria-label="Chart of ${leastHtml} to ${greatestHtml}">` +
    `${drawn}</svg><div class="below"><span>${escapeHtml(from)}</span><span>${escapeHtml(to)}</span></div>`
  );
}

/** A band from the least to the greatest value of each step, and a line through the means. */
function curveSvg({ low, high, mean }: Curve, y: (value: number) => number, colour: string): string {
  const step = WIDTH / mean.length;
  const steps = [...mean.keys()].filter((i) => !Number.isNaN(mean[i]));
  const point = (i: number, value: number | undefined): string =>
    `${((i + 0.5) * step).toFixed(1)},${y(value ?? 0).toFixed(1)}`;
  const line = steps.map((i) => point(i, mean[i])).join(' ');
  const band = [...steps.map((i) => point(i, high[i])), ...steps.reverse().map((i) => point(i, low[i]))].join(' ');
  const dot = steps.length === 1 ? ' stroke-linecap="round"' : '';
  return (
    `<polygon points="${band}" style="fill:${colour}" opacity=".18"/><polyline points="${line}` +
    `${steps.length === 1 ? ` ${line}` : ''}" style="stroke:${colour}"${dot}/>`
  );
}
