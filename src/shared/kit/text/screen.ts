import { textHtml } from './charset.ts';
import { applySgr, PLAIN, styled } from './sgr.ts';
import { createGrid, type Line } from './terminal-grid.ts';

/** What a terminal would show of the text written to it, as HTML for a `<pre>`. */
export interface Screen {
  /** Takes more output. An escape sequence may be cut at its end; the next call completes it. */
  write(text: string): void;
  /** Returns the lines that can no longer change, each once, and removes them from memory. */
  takeFinished(): string;
  /** The lines that can still change. */
  current(): string;
}

/** The size of a terminal. Without `columns` its lines do not wrap. */
export interface ScreenSize {
  readonly rows?: number;
  readonly columns?: number;
}

/** All of a terminal's output as HTML. */
export function ansiHtml(text: string): string {
  const screen = createScreen(sizeOf(text));
  screen.write(text.replace(/^Script (?:started|done) on .*$/gm, '\x1b[2m$&\x1b[22m'));
  return screen.takeFinished() + screen.current();
}

/** The height of the terminal, where script(1) recorded it. */
function sizeOf(text: string): ScreenSize {
  const rows = /^Script started on .*\bLINES="(\d{1,3})"/.exec(text)?.[1];
  return rows === undefined ? {} : { rows: Math.max(1, Number(rows)) };
}

/** Whether the text has colours or other looks of a terminal. */
export function hasSgr(text: string): boolean {
  return /\x1b\[[\d;:]*m/.test(text);
}

/** Whether the text was made for a terminal: it has colours, or writes over what it has written (progress bars, man). */
export function isTerminal(text: string): boolean {
  return hasSgr(text) || /[^\n]\x08/.test(text) || (/\r[^\r\n]/.test(text) && /[^\r]\n/.test(text));
}

// One alternative for each kind: CSI, OSC, other strings, character sets, other escapes, controls, text.
const TOKEN =
  /\x1b\[([\x30-\x3f]*)([\x20-\x2f]*)([\x40-\x7e])|\x1b\]([^\x07\x1b]{0,4096})(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b]{0,4096}\x1b\\|\x1b[ #%()*+\-./][\x20-\x7e]|\x1b([\x30-\x7e])|([\0-\x1f\x7f])|([^\0-\x1f\x7f]+)/g;
/** An escape sequence whose end is missing. */
const CUT = /\x1b(?:[ #%()*+\-./]|\[[\x20-\x3f]{0,64}|[\]PX^_][^\x07\x1b]{0,4096}\x1b?)?$/;
const DEFAULT_ROWS = 24;
const MAX_NUMBER = 9999;

/**
 * A terminal after ECMA-48 and what xterm adds to it, as far as output that was saved to a file needs it. Lines that
 * scroll off the top, or that a program clears, are kept; a full-screen program (alternate screen) leaves none behind.
 */
export function createScreen({ rows = DEFAULT_ROWS, columns }: ScreenSize = {}): Screen {
  const grid = createGrid(rows, columns);
  let style = PLAIN;
  /** The beginning of an escape sequence whose end has not been written yet. */
  let incomplete = '';
  /** The character that REP repeats: the one written just before. */
  let lastCharacter = '';
  let saved = { cursor: grid.cursor(), style, hasOrigin: false };

  function saveCursor(): void {
    saved = { cursor: grid.cursor(), style, hasOrigin: grid.modes.hasOrigin };
  }

  function restoreCursor(): void {
    grid.restoreCursor(saved.cursor);
    grid.modes.hasOrigin = saved.hasOrigin;
    style = saved.style;
  }

  function reset(): void {
    grid.showAlternate(false);
    grid.resetRegion();
    Object.assign(grid.modes, { wraps: true, inserts: false, hasOrigin: false });
    style = PLAIN;
  }

  function repeat(count: number): void {
    if (lastCharacter) grid.write(lastCharacter.repeat(Math.min(count, grid.maxRepeat())), style);
  }

  /** A control sequence without a private prefix. `numbers`: its parameters, 0 where one is missing. */
  function control(final: string, numbers: readonly number[]): void {
    const [first = 0, second = 0] = numbers;
    const count = Math.max(1, first);
    switch (final) {
      case 'A':
        return grid.moveRows(-count);
      case 'B':
      case 'e':
        return grid.moveRows(count);
      case 'C':
      case 'a':
        return grid.moveColumns(count);
      case 'D':
        return grid.moveColumns(-count);
      case 'E':
      case 'F':
        grid.moveRows(final === 'E' ? count : -count);
        return grid.moveToColumn(0);
      case 'G':
      case '`':
        return grid.moveToColumn(count - 1);
      case 'd':
        return grid.moveTo(count - 1, grid.cursor().column);
      case 'H':
      case 'f':
        return grid.moveTo(count - 1, Math.max(1, second) - 1);
      case 'I':
        return grid.tab(count);
      case 'Z':
        return grid.tab(-count);
      case 'K':
        if (first === 0) grid.eraseLine('after');
        else if (first === 1) grid.eraseLine('before');
        else if (first === 2) grid.eraseLine('all');
        return;
      case 'J':
        // 3 clears the lines above the screen: those are what a reader wants to see.
        if (first === 0) grid.eraseBelow();
        else if (first === 1) grid.eraseAbove();
        else if (first === 2) grid.clear();
        return;
      case 'X':
        return grid.eraseCells(count);
      case 'P':
        return grid.deleteCells(count);
      case '@':
        return grid.insertCells(count);
      case 'L':
        return grid.insertLines(count);
      case 'M':
        return grid.deleteLines(count);
      case 'S':
        return grid.scrollUp(count);
      case 'T':
        return grid.scrollDown(count);
      case 'b':
        return repeat(count);
      case 'g':
        return first === 3 ? grid.clearTabStops() : grid.setTabStop(false);
      case 'r':
        return grid.setRegion(count - 1, (second || rows) - 1);
      case 's':
        return saveCursor();
      case 'u':
        return restoreCursor();
      case 'h':
      case 'l':
        if (first === 4) grid.modes.inserts = final === 'h';
    }
  }

  /** A private mode of DEC or xterm. */
  function setMode(mode: number, isOn: boolean): void {
    if (mode === 6) {
      grid.modes.hasOrigin = isOn;
      grid.moveTo(0, 0);
    } else if (mode === 7) grid.modes.wraps = isOn;
    else if (mode === 47 || mode === 1047 || mode === 1049) grid.showAlternate(isOn);
    else if (mode === 1048) (isOn ? saveCursor : restoreCursor)();
  }

  function sequence(params: string, intermediates: string, final: string): void {
    if (intermediates === '!' && final === 'p') return reset();
    if (intermediates !== '') return;
    if (final === 'm') {
      if (/^[\d;:]*$/.test(params)) style = applySgr(style, params);
      return;
    }
    const isPrivate = /^[<=>?]/.test(params);
    const numbers = params
      .slice(isPrivate ? 1 : 0)
      .split(';')
      .map((part) => Math.min(MAX_NUMBER, Number.parseInt(part, 10) || 0));
    if (!isPrivate) return control(final, numbers);
    if (!params.startsWith('?')) return;
    if (final === 'h' || final === 'l') for (const mode of numbers) setMode(mode, final === 'h');
    // Selective erasing: nothing is protected here.
    else if (final === 'J' || final === 'K') control(final, numbers);
  }

  /** An escape sequence of one character. */
  function shortEscape(final: string): void {
    if (final === 'D') grid.nextRow();
    else if (final === 'E') {
      grid.nextRow();
      grid.moveToColumn(0);
    } else if (final === 'H') grid.setTabStop(true);
    else if (final === 'M') grid.previousRow();
    else if (final === '7') saveCursor();
    else if (final === '8') restoreCursor();
    else if (final === 'c') {
      reset();
      grid.clear();
      grid.moveTo(0, 0);
    }
  }

  function character(code: string): void {
    if (code === '\n' || code === '\v' || code === '\f') {
      grid.nextRow();
      // Files lack the \r that a terminal's driver puts before each \n.
      grid.moveToColumn(0);
    } else if (code === '\r') grid.moveToColumn(0);
    else if (code === '\b') grid.moveColumns(-1);
    else if (code === '\t') grid.tab(1);
  }

  function write(piece: string): void {
    const text = incomplete + piece;
    incomplete = CUT.exec(text)?.[0] ?? '';
    for (const [, params, intermediates, final, osc, simple, code, plain] of text
      .slice(0, text.length - incomplete.length)
      .matchAll(TOKEN)) {
      if (plain !== undefined) {
        grid.write(plain, style);
        lastCharacter = LAST_CHARACTER.exec(plain)?.[0] ?? '';
        continue;
      }
      if (code !== undefined) character(code);
      else if (final !== undefined) sequence(params ?? '', intermediates ?? '', final);
      else if (osc?.startsWith('8;')) style = { ...style, href: safeLink(osc.slice(osc.indexOf(';', 2) + 1)) };
      else if (simple !== undefined) shortEscape(simple);
      lastCharacter = '';
    }
  }

  return {
    write,
    takeFinished: () =>
      grid
        .takeFinished()
        .map((cells) => `${lineHtml(cells)}\n`)
        .join(''),
    current: () => grid.lines().map(lineHtml).join('\n').replace(/\n+$/, '\n'),
  };
}

/** The last character of a text with the marks that join it. */
const LAST_CHARACTER = /\P{M}\p{M}*$/u;

/** The URL of a link in the text, escaped; undefined unless it leads to the web or to mail. */
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
