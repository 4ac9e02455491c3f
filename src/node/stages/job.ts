import type { RenderInput } from '../../shared/format.ts';

/** A file to render. All paths are absolute. */
export interface RenderJob extends RenderInput {
  readonly id: string;
  /** The renderer's name. */
  readonly renderer: string;
  /** Where the page is written: `<dir>.html`, and its assets in `<dir>/`. */
  readonly dir: string;
}

/**
 * How rendering ended. `ms`: how long it took, milliseconds. `detail`: further output for finding out why it failed.
 */
export type RenderResult =
  | { readonly ok: true; readonly ms: number }
  | { readonly ok: false; readonly ms: number; readonly error: string; readonly detail?: string };
