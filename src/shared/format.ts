/** The file that a format is to show. */
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
  /** The file is still growing: the page is to follow it (only for formats with `live`). */
  readonly open: boolean;
  /** Relative URL of the original from the page: `<id>/source/<file>`, percent-encoded. */
  readonly source: string;
  /** At `path` is only the beginning of the file (for formats with `first`), which may be cut anywhere. */
  readonly part?: Part;
}

/** The first bytes of a large file, rendered as a preview. The caller adds the note that the page is incomplete. */
export interface Part {
  readonly bytes: number;
  /** Why there is no page of the whole: one line. Without it that page is on its way. */
  readonly failed?: string;
}

/** Where a format writes its page. */
export interface RenderOutput {
  /** Absolute directory for the entry's own assets; exists. `href` of what is in it: `<id>/…`. */
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

/** What a full-text search indexes of a file: its own text, the text of its page, or only its name. */
export type SearchText = 'source' | 'page' | 'none';

/**
 * A kind of file and how it is shown. `src/formats/<name>/format.ts` exports one as its default. Loading that module must
 * be cheap, since every sniff loads it: import libraries inside `render`.
 */
export interface Format {
  /** The name of its folder. */
  readonly name: string;
  /** One line for `wp types` and the manual. */
  readonly about: string;
  /** The type words it takes, without a dot: file name extensions (`png`, `Rplot.png`) and whole names (`Makefile`). */
  readonly types: readonly string[];
  readonly searchText: SearchText;
  /** A program that has to be installed for all of it. */
  readonly needs?: string;
  /** `render` reads a bounded part of the file, so it need not wait until the whole has been copied. */
  readonly preview?: boolean;
  /**
   * `render` reads the whole file, or its end. For a larger file, a page of its first `first` bytes is shown meanwhile.
   * Choose as many bytes as are rendered in some ten milliseconds.
   */
  readonly first?: number;
  /** Its page follows a file that is still growing. */
  readonly live?: boolean;
  /**
   * The type of a file by its first bytes (at most 4096), or undefined if this format does not recognise them. Called
   * where the name says nothing. It runs in the server: it must not backtrack or throw, whatever the bytes.
   */
  sniff?(head: Uint8Array): string | undefined;
  /** Sniffs run in ascending order, by name within one order. Default 0; formats that accept nearly anything come later. */
  readonly sniffOrder?: number;
  /** Types whose name is general (`json`, `txt`): `sniff` is called for them too, and what it recognises is shown as that. */
  readonly refines?: readonly string[];
  /**
   * Types whose pages are quick and run nothing of the file, so that they may share a browser process. A shared process
   * shows a page some 30 ms sooner, and one page that hangs stops all of them.
   */
  readonly sharesProcess?: readonly string[];
  /**
   * Makes the page of one file. An error that it throws makes a failed entry with the error's message.
   */
  render(input: RenderInput, output: RenderOutput): Promise<void>;
}

/** What is known of a format without loading it. */
export interface FormatInfo
  extends Required<
      Pick<Format, 'name' | 'about' | 'types' | 'searchText' | 'preview' | 'live' | 'sniffOrder' | 'refines'>
    >,
    Pick<Format, 'needs' | 'first'> {
  /** Whether it has a `sniff`. */
  readonly sniffs: boolean;
  load(): Promise<{ default: Format }>;
}
