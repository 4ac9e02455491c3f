import type { Unit } from './profile.ts';

/** What a flame graph's page tells its script, as JSON in the element `#facts`, and in a file where it is too much for a page. */
export interface FlameFacts {
  readonly names: readonly string[];
  readonly profiles: readonly ProfileFacts[];
  /** It is best seen as a time line. */
  readonly timeline: boolean;
  /** URL, relative to the page, of the same with smaller nodes. */
  readonly more?: string;
}

export interface ProfileFacts {
  readonly name: string;
  readonly unit: Unit;
  /** Four numbers a node, the heavier child first and each after its parent: its name, its depth, its weight, that without its children. */
  readonly nodes: readonly number[];
  /** Time lines: where it begins, then a node (its place in `nodes`, by fours) and how long it ran, again and again. */
  readonly lanes: readonly (readonly number[])[];
  /** Names of the functions that are heaviest by themselves, with that weight and the one with all that they call. */
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

/** A weight as people read it: `1.25 s`, `30.1 MB`, `1,234 samples`. */
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
