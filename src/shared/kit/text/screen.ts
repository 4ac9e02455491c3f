import { textHtml } from './charset.ts';
import { applySgr, PLAIN, type Style, styled } from './sgr.ts';

/** One character and its look; undefined is a place that nothing was written to. */
interface Cell {
  text: string;
  style: Style;
}
type Line = (Cell | undefined)[];

/** What a terminal would show of the text fed to it, as HTML for a `<pre>`. */
export interface Screen {
  /** Takes more output. An escape sequence may be cut at its end: the rest comes with the next piece. */
  feed(text: string): void;
  /** The lines that can no longer change, once each: they are forgotten. */
  settled(): string;
  /** The lines that can still change. */
  live(): string;
}

/** All of a terminal's output as HTML. */
export function ansiHtml(text: string): string {
  const screen = createScreen(rowsOf(text));
  screen.feed(text.replace(/^Script (?:started|done) on .*$/gm, '\x1b[2m$&\x1b[22m'));
  return screen.settled() + screen.live();
}

/** The height of the terminal, where script(1) has written it down. */
function rowsOf(text: string): number {
  const said = /^Script started on .*\bLINES="(\d{1,3})"/.exec(text);
  return Math.max(1, Number(said?.[1] ?? 24));
}

/** Whether the text has colours or other looks of a terminal. */
export function hasSgr(text: string): boolean {
  return /\x1b\[[\d;:]*m/.test(text);
}

/** Whether the text was made for a terminal: it has colours, or writes over what it has written (progress bars, man). */
export function isTerminal(text: string): boolean {
  return hasSgr(text) || /[^\n]\x08/.test(text) || (/\r[^\r\n]/.test(text) && /[^\r]\n/.test(text));
}

// One alternative a kind: CSI, OSC, other strings, character sets, other escapes, controls, text.
const TOKEN =
  /\x1b\[([\x30-\x3f]*)[\x20-\x2f]*([\x40-\x7e])|\x1b\]([^\x07\x1b]{0,4096})(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b]{0,4096}\x1b\\|\x1b[ #%()*+\-./][\x20-\x7e]|\x1b([\x30-\x7e])|([\0-\x1f\x7f])|([^\0-\x1f\x7f]+)/g;
const CUT = /\x1b(?:[ #%()*+\-./]|\[[\x20-\x3f]{0,64}|[\]PX^_][^\x07\x1b]{0,4096}\x1b?)?$/;
/** Marks that join the letter before them. */
const JOINS = /^(?:\p{M}|\u200d|\ufe0f)/u;
const COLUMNS = 500;

/**
 * A terminal with endless lines: what scrolls off its top or is cleared stays above, since a reader wants it. Moves
 * are held to the last `rows` lines; a full-screen program (alternate screen) leaves nothing behind.
 */
export function createScreen(rows = 24): Screen {
  let lines: Line[] = [[]];
  // `top`: the line at the top of the screen; `row` and `column`: the cursor, in `lines`.
  let top = 0;
  let row = 0;
  let column = 0;
  let style = PLAIN;
  let rest = '';
  let saved: [number, number] = [0, 0];
  let alternate: { start: number; top: number; row: number; column: number } | undefined;

  const goto = (line: number, col: number) => {
    row = Math.max(top, Math.min(line, top + rows - 1));
    column = Math.max(0, Math.min(col, COLUMNS));
    while (lines.length <= row) lines.push([]);
  };
  const line = (): Line => lines[row] ?? [];
  const newline = () => {
    row++;
    if (row >= lines.length) lines.push([]);
    top = Math.max(top, row - rows + 1);
  };
  const write = (text: string) => {
    const cells = line();
    for (const char of text) {
      // Marks that join the letter before them take no column.
      const before = column > 0 ? cells[column - 1] : undefined;
      if (before && char > '\u02ff' && JOINS.test(char)) before.text += char;
      else cells[column++] = { text: char, style };
    }
  };
  const erase = (cells: Line, from: number, to: number) => {
    if (to >= cells.length) cells.length = Math.min(cells.length, from);
    else for (let i = from; i < to; i++) cells[i] = undefined;
  };
  const clear = () => {
    while (lines.length > top && lines.at(-1)?.length === 0) lines.pop();
    const offset = row - top;
    top = lines.length;
    goto(top + offset, column);
  };
  const alternateScreen = (on: boolean) => {
    if (on && !alternate) {
      alternate = { start: lines.length, top, row, column };
      top = lines.length;
      goto(top, 0);
    } else if (!on && alternate) {
      lines.length = alternate.start;
      top = alternate.top;
      goto(alternate.row, alternate.column);
      alternate = undefined;
    }
  };

  const csi = (params: string, final: string) => {
    if (final === 'm') {
      if (/^[\d;:]*$/.test(params)) style = applySgr(style, params);
      return;
    }
    const numbers = params.split(';').map((part) => Math.min(9999, Number.parseInt(part, 10) || 0));
    const first = numbers[0] ?? 0;
    const n = Math.max(1, first);
    const cells = line();
    switch (final) {
      case 'A':
        return goto(row - n, column);
      case 'B':
      case 'e':
        return goto(row + n, column);
      case 'C':
      case 'a':
        return goto(row, column + n);
      case 'D':
        return goto(row, column - n);
      case 'E':
        return goto(row + n, 0);
      case 'F':
        return goto(row - n, 0);
      case 'G':
      case '`':
        return goto(row, n - 1);
      case 'd':
        return goto(top + n - 1, column);
      case 'H':
      case 'f':
        return goto(top + n - 1, Math.max(1, numbers[1] ?? 1) - 1);
      case 'K':
        return erase(cells, first === 0 ? column : 0, first === 1 ? column + 1 : cells.length);
      case 'J':
        if (first >= 2) return clear();
        if (first === 1) {
          for (let i = top; i < row; i++) lines[i] = [];
          return erase(cells, 0, column + 1);
        }
        lines.length = row + 1;
        return erase(cells, column, cells.length);
      case 'X':
        return erase(cells, column, column + n);
      case 'P':
        cells.splice(column, n);
        return;
      case '@': {
        // What is pushed over the edge is lost, as on a terminal; a line may be longer only by what was written to it.
        const most = Math.max(cells.length, COLUMNS);
        cells.splice(column, 0, ...Array<undefined>(Math.min(n, COLUMNS)).fill(undefined));
        cells.length = Math.min(cells.length, most);
        return;
      }
      case 'L':
        lines.splice(row, 0, ...Array.from({ length: Math.min(n, rows) }, (): Line => []));
        return;
      case 'M':
        lines.splice(row, Math.min(n, rows));
        return goto(row, column);
      case 's':
        saved = [row - top, column];
        return;
      case 'u':
        return goto(top + saved[0], saved[1]);
      case 'h':
      case 'l':
        if (/^\?(1049|1047|47)$/.test(params)) alternateScreen(final === 'h');
    }
  };

  const control = (char: string) => {
    if (char === '\n' || char === '\v' || char === '\f') {
      newline();
      // Files seldom have the \r that a terminal's driver would have put before it.
      column = 0;
    } else if (char === '\r') column = 0;
    else if (char === '\b') column = Math.max(0, column - 1);
    else if (char === '\t') column = Math.min(COLUMNS, (Math.floor(column / 8) + 1) * 8);
  };

  const feed = (piece: string) => {
    const text = rest + piece;
    const cut = CUT.exec(text);
    rest = cut ? cut[0] : '';
    for (const [, params, final, osc, simple, char, plain] of text
      .slice(0, text.length - rest.length)
      .matchAll(TOKEN)) {
      if (plain !== undefined) write(plain);
      else if (char !== undefined) control(char);
      else if (final !== undefined) csi(params ?? '', final);
      else if (osc?.startsWith('8;')) style = { ...style, href: safeLink(osc.slice(osc.indexOf(';', 2) + 1)) };
      else if (simple === 'M') goto(row - 1, column);
      else if (simple === '7') saved = [row - top, column];
      else if (simple === '8') goto(top + saved[0], saved[1]);
      else if (simple === 'c') {
        style = PLAIN;
        clear();
      }
    }
  };

  return {
    feed,
    settled: () => {
      const count = alternate ? Math.min(top, alternate.top) : top;
      const done = lines.slice(0, count);
      lines = lines.slice(count);
      top -= count;
      row -= count;
      if (alternate) {
        const { start, row: line, column: col } = alternate;
        alternate = { start: start - count, top: alternate.top - count, row: line - count, column: col };
      }
      return done.map((cells) => `${lineHtml(cells)}\n`).join('');
    },
    live: () => lines.map(lineHtml).join('\n').replace(/\n+$/, '\n'),
  };
}

/** A link of the text's own, escaped, if it leads to the web or to mail; else none. */
function safeLink(url: string): string | undefined {
  return /^(https?:\/\/|mailto:)/i.test(url) ? textHtml(url).replace(/"/g, '&quot;') : undefined;
}

function lineHtml(cells: Line): string {
  let out = '';
  let run = '';
  let style = PLAIN;
  const flush = () => {
    if (run) out += styled(textHtml(run), style);
    run = '';
  };
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i];
    const next = cell?.style ?? PLAIN;
    if (next !== style) {
      flush();
      style = next;
    }
    run += cell?.text ?? ' ';
  }
  flush();
  return out;
}
