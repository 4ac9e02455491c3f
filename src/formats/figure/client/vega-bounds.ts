/** What Vega makes of nothing is bounded: a specification of a line may ask for more rows than any browser can hold. */
import { expressionFunction, transforms } from 'vega';

/** Rows that are drawn in some seconds. */
const MOST = 1_000_000;

type Parameters = Readonly<Record<string, unknown>>;
interface Transform {
  transform(parameters: Parameters, pulse: { readonly source?: readonly unknown[] }): unknown;
}

/** Makes transforms and functions of Vega that make rows refuse to make too many. To be called once, before anything is parsed. */
export function boundVega(): void {
  bound('sequence', ({ start, stop, step }) => lengthOf(start, stop, step));
  bound('cross', (_parameters, rows) => rows * rows);
  bound('graticule', ({ step, stepMinor, stepMajor }) =>
    Math.max(
      ...[step, stepMinor, stepMajor].flatMap((one) => (Array.isArray(one) ? one : [])).map((one) => 360 / Number(one)),
      0,
    ),
  );
  bound('density', ({ steps, maxsteps }) => Math.max(Number(steps ?? 0), Number(maxsteps ?? 0)));
  expressionFunction('sequence', (...ends: unknown[]) => {
    const [start, stop, step] = ends.length < 2 ? [0, ends[0]] : ends;
    const length = check('sequence', Math.max(0, Math.ceil(lengthOf(start, stop, step))));
    return Array.from({ length }, (_, i) => Number(start) + i * Number(step ?? 1));
  });
  expressionFunction('pad', (text: unknown, length: unknown, fill: unknown, align: unknown) => {
    const own = String(text);
    const left = check('pad', Math.max(0, Number(length) - own.length));
    const filling = typeof fill === 'string' && fill !== '' ? fill.charAt(0) : ' ';
    const before = align === 'left' ? left : align === 'center' ? Math.floor(left / 2) : 0;
    return filling.repeat(before) + own + filling.repeat(left - before);
  });
}

function lengthOf(start: unknown, stop: unknown, step: unknown): number {
  return (Number(stop ?? 0) - Number(start ?? 0)) / Number(step ?? 1);
}

function bound(name: string, count: (parameters: Parameters, rows: number) => number): void {
  const made = (transforms as unknown as Record<string, { prototype: Transform } | undefined>)[name];
  if (!made) return;
  const { transform } = made.prototype;
  made.prototype.transform = function (parameters, pulse) {
    check(name, count(parameters, pulse.source?.length ?? 0));
    return transform.call(this, parameters, pulse);
  };
}

function check(name: string, count: number): number {
  if (count > MOST) throw new Error(`${name} would make ${count.toLocaleString('en')}: too many to be drawn`);
  return count;
}
