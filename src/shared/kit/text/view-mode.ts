import { type Charset, codeUnitBytes, decode, firstLineStart, lastLineEnd, textHtml } from './charset.ts';
import { HEX_ROW_BYTES, hexHtml } from './hex.ts';
import { logHtml } from './log-html.ts';
import { ansiHtml } from './screen.ts';

export type ViewModeName = 'text' | 'log' | 'ansi' | 'hex';

/** How a piece of a file is turned into HTML, and where it may be cut. Shared by the renderer and the page's script. */
export interface ViewMode {
  /** Pieces begin at offsets that are multiples of this many bytes. */
  readonly unit: number;
  /** Whether the content has lines. */
  readonly hasLines: boolean;
  /** Whether the lines have times and levels. */
  readonly isLog: boolean;
  /** Offset in the piece of its first complete line. */
  alignStart(bytes: Uint8Array): number;
  /** Offset in the piece of the end of its last complete line. */
  alignEnd(bytes: Uint8Array): number;
  /** The piece as HTML for a `<pre>`; `offset` is its offset in the file. */
  html(bytes: Uint8Array, offset: number): string;
}

/** The view mode for a file in an encoding. */
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
  const toHtml = { text: textHtml, log: logHtml, ansi: ansiHtml }[name];
  return {
    unit: codeUnitBytes(charset),
    hasLines: true,
    isLog: name === 'log',
    alignStart: (bytes) => firstLineStart(bytes, charset),
    alignEnd: (bytes) => lastLineEnd(bytes, charset),
    html: (bytes) => toHtml(decode(bytes, charset)),
  };
}
