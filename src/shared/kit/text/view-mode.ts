import { type Charset, decode, firstLine, lastLine, textHtml, unit } from './charset.ts';
import { hexHtml, ROW } from './hex.ts';
import { logHtml } from './log-html.ts';
import { ansiHtml } from './screen.ts';

export type ModeName = 'text' | 'log' | 'ansi' | 'hex';

/** How a piece of a file is shown, and where it may be cut. The renderer and the page's script share it. */
export interface Mode {
  /** Pieces are read from offsets that are multiples of this. */
  readonly unit: number;
  /** Whether lines say something to a reader. */
  readonly lines: boolean;
  /** Whether its lines have levels and times. */
  readonly log: boolean;
  /** Offset in the piece of the first whole line. */
  first(bytes: Uint8Array): number;
  /** Offset in the piece of the end of the last whole line. */
  last(bytes: Uint8Array): number;
  /** The piece as HTML for a `<pre>`; `offset` is where in the file it begins. */
  html(bytes: Uint8Array, offset: number): string;
}

/** The mode of that name for a file in that encoding. */
export function modeOf(name: ModeName, charset: Charset): Mode {
  if (name === 'hex') {
    return {
      unit: ROW,
      lines: false,
      log: false,
      first: () => 0,
      last: (bytes) => bytes.length - (bytes.length % ROW),
      html: hexHtml,
    };
  }
  const paint = { text: textHtml, log: logHtml, ansi: ansiHtml }[name];
  return {
    unit: unit(charset),
    lines: true,
    log: name === 'log',
    first: (bytes) => firstLine(bytes, charset),
    last: (bytes) => lastLine(bytes, charset),
    html: (bytes) => paint(decode(bytes, charset)),
  };
}
