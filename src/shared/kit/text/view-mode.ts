import { type Charset, codeUnitBytes, decode, firstLineStart, lastLineEnd, textHtml } from './charset.ts';
import { HEX_ROW_BYTES, hexHtml } from './hex.ts';
import { logHtml } from './log-html.ts';
import { ansiHtml } from './screen.ts';

export type ViewModeName = 'text' | 'log' | 'ansi' | 'hex';

/** How a piece of a file is shown, and where it may be cut. The renderer and the page's script share it. */
export interface ViewMode {
  /** Pieces are read from offsets that are multiples of this. */
  readonly unit: number;
  /** Whether lines say something to a reader. */
  readonly hasLines: boolean;
  /** Whether its lines have levels and times. */
  readonly isLog: boolean;
  /** Offset in the piece of the first whole line. */
  alignStart(bytes: Uint8Array): number;
  /** Offset in the piece of the end of the last whole line. */
  alignEnd(bytes: Uint8Array): number;
  /** The piece as HTML for a `<pre>`; `offset` is where in the file it begins. */
  html(bytes: Uint8Array, offset: number): string;
}

/** The mode of that name for a file in that encoding. */
export function viewMode(name: ViewModeName, charset: Charset): ViewMode {
  if (name === 'hex') {
    return {
      unit: HEX_ROW_BYTES,
      hasLines: false,
      isLog: false,
      alignStart: () => 0,
      alignEnd: (bytes) => bytes.length - (bytes.length % HEX_ROW_BYTES),
      html: hexHtml,
    };
  }
  const paint = { text: textHtml, log: logHtml, ansi: ansiHtml }[name];
  return {
    unit: codeUnitBytes(charset),
    hasLines: true,
    isLog: name === 'log',
    alignStart: (bytes) => firstLineStart(bytes, charset),
    alignEnd: (bytes) => lastLineEnd(bytes, charset),
    html: (bytes) => paint(decode(bytes, charset)),
  };
}
