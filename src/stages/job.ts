/** What a render worker is asked. All paths are absolute. */
export interface RenderJob {
  readonly id: string;
  /** The renderer's name. */
  readonly renderer: string;
  readonly path: string;
  readonly origin?: string;
  readonly name: string;
  readonly title?: string;
  readonly type: string;
  readonly host: string;
  readonly bytes: number;
  readonly open: boolean;
  /** Relative URL of the original from the page. */
  readonly source: string;
  /** Where the page is written: `<dir>.html`, and its assets in `<dir>/`. */
  readonly dir: string;
}

/** How rendering ended. `ms`: how long it took. */
export type RenderResult =
  | { readonly ok: true; readonly ms: number }
  | { readonly ok: false; readonly ms: number; readonly error: string; readonly detail?: string };
