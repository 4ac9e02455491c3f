import type { Stacks } from './stack-tree.ts';

/** The unit of the weights of a profile. */
export type Unit = 'samples' | 'nanoseconds' | 'microseconds' | 'milliseconds' | 'seconds' | 'bytes' | 'count';

/** One of the profiles in a file: of a thread, an event or a sample type. */
export interface Profile {
  readonly name: string;
  readonly unit: Unit;
  readonly stacks: Stacks;
}

/** The profiles in a file. */
export interface Profiles {
  /** Name of the format: `perf script`, `pprof`. */
  readonly format: string;
  readonly profiles: readonly Profile[];
  /** Notes for the user, one sentence each. */
  readonly notes: readonly string[];
  /** Whether the graph is first shown in order of time. */
  readonly timeline?: boolean;
}

/** Largest number of profiles that are shown of one file. */
export const MAX_PROFILES = 40;

/** The unit with a name, in singular or plural. */
export function unitOf(name: string): Unit {
  const units: readonly Unit[] = ['samples', 'nanoseconds', 'microseconds', 'milliseconds', 'seconds', 'bytes'];
  return units.find((unit) => unit === name || unit === `${name}s`) ?? 'count';
}

/** The last part of a path or URL. */
export function baseName(path: string): string {
  return (
    path
      .replace(/[?#].*$/, '')
      .split(/[/\\]/)
      .pop() ?? ''
  );
}
