/** The file to render. */
export interface RenderInput {
  /** Absolute path of a stable file (or directory) on this disk: the copy kept with the entry, or the original. */
  readonly path: string;
  /** The original path of the file, if it was sent by reference. Files that it refers to can be found beside it. */
  readonly origin?: string;
  /** The name that the sender gave it: a label. Never use it as a path or unescaped. */
  readonly name: string;
  readonly title?: string;
  readonly type: string;
  readonly host: string;
  /** Size in bytes at the time of rendering. */
  readonly bytes: number;
  /** The file is still growing and the page must follow it (only for formats with `live`). */
  readonly open: boolean;
  /** Relative URL of the original from the page: `<id>/source/<file>`, percent-encoded. */
  readonly source: string;
  /** Set if `path` has only the beginning of the file (for formats with `first`). It may be cut at any byte. */
  readonly part?: Part;
}

/** The beginning of a large file, from which a preview is rendered. The preview must say that it is one. */
export interface Part {
  readonly bytes: number;
  /** Why the complete file has no page: one line. If absent, that page is still being rendered. */
  readonly failed?: string;
}

/** The place where a format writes its page and its assets. */
export interface RenderOutput {
  /** Absolute path of the directory for the entry's own assets. It exists. Pages refer to its files as `<href>/…`. */
  readonly dir: string;
  /** Relative URL of `dir` from the page, without a slash at its end. */
  readonly href: string;
  /**
   * Relative URL, from the page, of a script or style sheet that is built from `src/formats/<name>/client*` or
   * `src/web/kit/<name>/client*`: `csv.js`, `pdf-worker.js`, `image.css`.
   */
  asset(name: string): string;
  /** Writes the page: a whole HTML document. Called once. */
  page(html: string): Promise<void>;
}

/** The text that a full-text search indexes: that of the file, that of its page, or only the name of the file. */
export type SearchText = 'source' | 'page' | 'none';

/**
 * A kind of file and how it is shown. `src/formats/<name>/format.ts` exports one as its default. Loading that module
 * must be cheap, since every sniff loads it: import libraries inside `render`.
 */
export interface Format {
  /** The name of its folder. */
  readonly name: string;
  /** One line for `wp types` and the manual. */
  readonly about: string;
  /** The types that it renders: file name extensions without a dot (`png`, `Rplot.png`) and file names (`Makefile`). */
  readonly types: readonly string[];
  readonly searchText: SearchText;
  /** A program that must be installed to render every file of these types. */
  readonly needs?: string;
  /** `render` reads a bounded part of the file, so it need not wait until the file has been copied. */
  readonly preview?: boolean;
  /**
   * `render` reads the whole file, or its end. For a larger file, a preview of the first `first` bytes is shown
   * until the page is ready. Choose as many bytes as can be rendered in about ten milliseconds.
   */
  readonly first?: number;
  /** Its page follows a file that is still growing. */
  readonly live?: boolean;
  /**
   * The type of a file by its first bytes (at most 4096), or undefined if this format does not recognise them. Called
   * if the name gives no type. It runs in the server, so it must not backtrack or throw for any input.
   */
  sniff?(head: Uint8Array): string | undefined;
  /** Sniffs run in ascending order, then by name. Default 0; formats that accept nearly any file have a higher one. */
  readonly sniffOrder?: number;
  /**
   * General types (`json`, `txt`) for which `sniff` is called too. A file that it recognises is shown as the type that
   * it returns.
   */
  readonly refines?: readonly string[];
  /**
   * Types whose pages are fast and run no code from the file, so that they may share a browser process. A shared
   * process shows a page some 30 ms sooner, and one page that hangs stops all of them.
   */
  readonly sharesProcess?: readonly string[];
  /** Renders the page of one file. An error makes the entry fail with the error's message. */
  render(input: RenderInput, output: RenderOutput): Promise<void>;
}

/** The properties of a format that are available without loading it. */
export interface FormatInfo
  extends Required<
      Pick<Format, 'name' | 'about' | 'types' | 'searchText' | 'preview' | 'live' | 'sniffOrder' | 'refines'>
    >,
    Pick<Format, 'needs' | 'first'> {
  /** Whether it has a `sniff`. */
  readonly sniffs: boolean;
  load(): Promise<{ default: Format }>;
}
