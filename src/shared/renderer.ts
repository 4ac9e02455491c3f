/** The file a renderer is to show. */
export interface RenderInput {
  /** Absolute path of a stable file (or directory) on this disk: the copy kept with the entry, or the original. */
  readonly path: string;
  /** Where the file was when it was shown, if it came by reference: its neighbours can be looked for beside it. */
  readonly origin?: string;
  /** The sender's name for it: a label. Never a path, never unescaped. */
  readonly name: string;
  readonly title?: string;
  readonly type: string;
  readonly host: string;
  /** Size in bytes at the time of rendering. */
  readonly bytes: number;
  /** The file is still growing: the page is to follow it (only given to renderers with `live`). */
  readonly open: boolean;
  /** Relative URL of the original from the page: `<id>/source/<file>`, percent-encoded. */
  readonly source: string;
  /** At `path` is only the beginning of the file (given to renderers with `first`), which may be cut anywhere. */
  readonly part?: Part;
}

/** The beginning of a large file, of which a page is shown until there is one of the whole. Whoever writes the page down says so in it. */
export interface Part {
  readonly bytes: number;
  /** Why there is no page of the whole: one line. Without it that page is on its way. */
  readonly failed?: string;
}

/** Where a renderer puts what it makes. */
export interface RenderOutput {
  /** Absolute directory for the entry's own assets; exists. `href` of what is in it: `<id>/…`. */
  readonly dir: string;
  /** Relative URL of `dir` from the page, without a slash at its end. */
  readonly href: string;
  /** Relative URL, from the page, of a shared static file that is built from `src/renderers/assets/`, by its name there (`txt.js`, `page.css`). */
  asset(name: string): string;
  /** Writes the page: a whole HTML document. Called once. */
  page(html: string): Promise<void>;
}

/**
 * A renderer is one file in `src/renderers/` that exports one of these as default. `types`: the type words it takes,
 * in lower case, without a dot (`png`, `Rplot.png`, `Makefile`). Loading the file must be cheap: libraries are
 * imported inside `render`. A throw from `render` makes a failed entry that shows the error's message.
 */
export interface Renderer {
  readonly name: string;
  /** One line for `wp types` and the manual. */
  readonly about: string;
  readonly types: readonly string[];
  /** What has to be installed besides webpipe for all of it: the name of a program. */
  readonly needs?: string;
  /** Its page comes from bounded reads of the file and asks for the rest only on demand, so it need not wait for the copy. */
  readonly preview?: boolean;
  /**
   * Its page is made of all of the file, or of its end. Of a large one a page of its first so many bytes is shown
   * meanwhile: few enough to be read in some ten milliseconds.
   */
  readonly first?: number;
  /** Its page can follow a file that is still growing. */
  readonly live?: boolean;
  /** The type of a file of unknown name, by its first bytes (at most 4096), or undefined if it is none of ours. */
  sniff?(head: Uint8Array): string | undefined;
  render(input: RenderInput, output: RenderOutput): Promise<void>;
}
