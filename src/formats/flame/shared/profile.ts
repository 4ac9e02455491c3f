import type { Stacks } from './tree.ts';

/** What the weights of a profile are. */
export type Unit = 'samples' | 'nanoseconds' | 'microseconds' | 'milliseconds' | 'seconds' | 'bytes' | 'count';

/** One view of a profile: a thread, an event or a kind of value. */
export interface Profile {
  readonly name: string;
  readonly unit: Unit;
  readonly stacks: Stacks;
}

/** What was read of a file. */
export interface Profiles {
  /** What the file is: `perf script`, `pprof`. */
  readonly format: string;
  readonly profiles: readonly Profile[];
  /** What a reader should know, one sentence each. */
  readonly notes: readonly string[];
  /** It is best seen as a time line. */
  readonly timeline?: boolean;
}

/** Profiles of one file that are shown. */
export const MAX_PROFILES = 40;

/** Units by the names that formats have for them. */
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
