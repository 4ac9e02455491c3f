import { join } from 'node:path';
import { layout as directory } from '../directory/directory.ts';

/**
 * The paths of one scroll on disk. Only the modules of this folder may import this file; all others reach a scroll
 * through the interfaces of `store.ts`.
 */
export interface ScrollPaths {
  /** The directory of the scroll, `s/<name>/`. Any static web server can publish it. */
  readonly home: string;
  readonly journal: string;
  readonly lock: string;
  /** The page of the entry with this id. */
  page(id: string): string;
  /** The directory of the entry with this id: its original, assets of its page, `entry.json`. */
  entry(id: string): string;
  /** The file of this name that all pages share, or the viewer itself (`index.html`). */
  shared(name: string): string;
  /** Journal lines that could not be read. Outside of `home`, since that may be published. */
  readonly damaged: string;
}

export function scrollPaths(dir: string, name: string): ScrollPaths {
  const home = join(directory.scrolls(dir), name);
  return {
    home,
    journal: join(home, 'scroll.ndjson'),
    lock: join(home, '.lock'),
    page: (id) => join(home, `${id}.html`),
    entry: (id) => join(home, id),
    shared: (path) => join(home, path),
    damaged: join(directory.damaged(dir), `${name}.ndjson`),
  };
}
