/**
 * Limits the number of rows that Vega generates, because a short specification can generate more than fit in memory.
 */
import { expressionFunction, transforms } from 'vega';

/** Largest number of rows or characters that one transform or function may generate. */
const MAX_GENERATED = 1_000_000;

type Parameters = Readonly<Record<string, unknown>>;
interface Transform {
  transform(parameters: Parameters, pulse: { readonly source?: readonly unknown[] }): unknown;
}

/**
 * Patches the transforms and functions of Vega that generate rows or text to check the limit. Call once, before
 * parsing.
 */
export function limitVega(): void {
  limitTransform('sequence', ({ start, stop, step }) => lengthOf(start, stop, step));
  limitTransform('cross', (_parameters, rows) => rows * rows);
  limitTransform('graticule', ({ step, stepMinor, stepMajor }) =>
    Math.max(
      ...[step, stepMinor, stepMajor]
        .flatMap((steps) => (Array.isArray(steps) ? steps : []))
        .map((degrees) => 360 / Number(degrees)),
      0,
    ),
  );
  limitTransform('density', ({ steps, maxsteps }) => Math.max(Number(steps ?? 0), Number(maxsteps ?? 0)));
  expressionFunction('sequence', (...args: unknown[]) => {
    const [start, stop, step] = args.length < 2 ? [0, args[0]] : args;
    const length = checkLimit('sequence', Math.max(0, Math.ceil(lengthOf(start, stop, step))));
    return Array.from({ length }, (_, i) => Number(start) + i * Number(step ?? 1));
  });
  expressionFunction('pad', (text: unknown, length: unknown, fill: unknown, align: unknown) => {
    const value = String(text);
    const padding = checkLimit('pad', Math.max(0, Number(length) - value.length));
    const padCharacter = typeof fill === 'string' && fill !== '' ? fill.charAt(0) : ' ';
    const leading = align === 'left' ? padding : align === 'center' ? Math.floor(padding / 2) : 0;
    return padCharacter.repeat(leading) + value + padCharacter.repeat(padding - leading);
  });
}

/** The length of a sequence; may be negative or not an integer. */
function lengthOf(start: unknown, stop: unknown, step: unknown): number {
  return (Number(stop ?? 0) - Number(start ?? 0)) / Number(step ?? 1);
}

/** Makes a transform throw if `count`, called with its parameters and number of input rows, exceeds the limit. */
function limitTransform(name: string, count: (parameters: Parameters, rows: number) => number): void {
  const target = (transforms as unknown as Record<string, { prototype: Transform } | undefined>)[name];
  if (!target) return;
  const { transform } = target.prototype;
  target.prototype.transform = function (parameters, pulse) {
    checkLimit(name, count(parameters, pulse.source?.length ?? 0));
    return transform.call(this, parameters, pulse);
  };
}

/** Returns `count`. Throws if it exceeds the limit. */
function checkLimit(name: string, count: number): number {
  if (count > MAX_GENERATED)
    throw new Error(
      `${name} would generate ${count.toLocaleString('en')} items; the limit is ${MAX_GENERATED.toLocaleString('en')}`,
    );
  return count;
}
