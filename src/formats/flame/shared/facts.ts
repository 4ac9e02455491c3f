import type { Unit } from './profile.ts';

/** Data of a flame graph's page for its script, as JSON in the element `#facts`, and in the file `more` if it is large. */
export interface FlameFacts {
  readonly names: readonly string[];
  readonly profiles: readonly ProfileFacts[];
  /** Whether the graph is first shown in order of time. */
  readonly timeline: boolean;
  /** URL, relative to the page, of the same data with smaller nodes. */
  readonly more?: string;
}

export interface ProfileFacts {
  readonly name: string;
  readonly unit: Unit;
  /**
   * Four numbers per node: name, depth, weight, self weight (without its children). Parents come before their children,
   * heavier children first.
   */
  readonly nodes: readonly number[];
  /** Time lines: the start, then pairs of a node's index and its duration. */
  readonly lanes: readonly (readonly number[])[];
  /** Functions with the largest self weight: name, self weight, total weight. */
  readonly top: readonly (readonly [string, number, number])[];
}

const UNITS: Partial<Record<Unit, readonly [number, readonly (readonly [number, string])[]]>> = {
  nanoseconds: [1, times()],
  microseconds: [1e3, times()],
  milliseconds: [1e6, times()],
  seconds: [1e9, times()],
  bytes: [
    1,
    [
      [1e9, 'GB'],
      [1e6, 'MB'],
      [1e3, 'KB'],
      [1, 'B'],
    ],
  ],
};

function times(): readonly (readonly [number, string])[] {
  return [
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
    [1, 'ns'],
  ];
}

/** Formats a weight: `1.25 s`, `30.1 MB`, `1,234 samples`. */
export function weightText(weight: number, unit: Unit): string {
  const [factor, scale] = UNITS[unit] ?? [1, []];
  const value = weight * factor;
  for (const [size, sign] of scale) if (Math.abs(value) >= size) return `${digits(value / size)} ${sign}`;
  if (scale.length > 0) return `${digits(value)} ${scale.at(-1)?.[1]}`;
  const number = Number.isInteger(value) ? String(value).replace(/\B(?=(\d{3})+$)/g, ',') : digits(value);
  return unit === 'samples' ? `${number} ${value === 1 ? 'sample' : 'samples'}` : number;
}

function digits(value: number): string {
  return value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}
