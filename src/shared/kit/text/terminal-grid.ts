import { cellWidth } from './cell-width.ts';
import type { Style } from './sgr.ts';

/** A character with the marks that join it, and its look. The second column of a wide character has an empty text. */
export interface Cell {
  readonly text: string;
  readonly style: Style;
}
/** The cells of a line; undefined where nothing was written. */
export type Line = (Cell | undefined)[];

/** Columns that moves, tabs and repetitions can reach where the width of the terminal is unknown. */
const MAX_COLUMN = 500;
const TAB = 8;
const ZERO_WIDTH_JOINER = '\u200d';

interface Cursor {
  /** Row of the screen and column, both counted from 0. `column` equals the width while a wrap is pending. */
  readonly row: number;
  readonly column: number;
}

/**
 * The lines and the cursor of a terminal. Lines that leave the top of the screen stay in `lines` above it, and so does
 * a cleared screen, because a reader wants to see them; not so on the alternate screen.
 *
 * `columns` is the width, where lines wrap. Without it lines have no end.
 */
export function createGrid(rows: number, columns?: number) {
  const lastColumn = columns === undefined ? MAX_COLUMN : columns - 1;
  let lines: Line[] = [[]];
  /** Index in `lines` of the first row of the screen. */
  let top = 0;
  let row = 0;
  let column = 0;
  /** The scroll region: its first and last row. */
  let first = 0;
  let last = rows - 1;
  let tabStops: ReadonlySet<number> | undefined;
  const modes = { wraps: true, inserts: false, hasOrigin: false };
  /** The main screen while the alternate one is shown. */
  let main: { lines: number; top: number; cursor: Cursor } | undefined;

  const lineAt = (screenRow: number): Line => {
    while (lines.length <= top + screenRow) lines.push([]);
    return lines[top + screenRow]!;
  };
  const inRegion = (): boolean => row >= first && row <= last;
  /** The column of the cursor; a pending wrap counts as the last one. */
  const here = (): number => (columns === undefined ? column : Math.min(column, lastColumn));
  /** The line and the column that an edit begins at. Edits end a pending wrap. */
  function editAt(): [cells: Line, at: number] {
    column = here();
    return [lineAt(row), column];
  }

  /** Moves the cursor; with origin mode on, rows count from the scroll region and stay inside it. */
  function moveTo(toRow: number, toColumn: number): void {
    const [least, most] = modes.hasOrigin ? [first, last] : [0, rows - 1];
    row = Math.max(least, Math.min(toRow + least, most));
    column = Math.max(0, Math.min(toColumn, lastColumn));
  }

  /** Moves the cursor up or down; it stops at the edge of the scroll region or of the screen. */
  function moveRows(count: number): void {
    const least = row >= first ? first : 0;
    const most = row <= last ? last : rows - 1;
    row = Math.max(least, Math.min(row + count, most));
    column = here();
  }

  const moveToColumn = (toColumn: number): void => {
    column = Math.max(0, Math.min(toColumn, Math.max(lastColumn, here())));
  };

  /** Removes rows from `from` on, and inserts as many empty ones at the bottom of the scroll region. */
  function removeRows(from: number, count: number): void {
    lineAt(last);
    const removed = Math.min(count, last - from + 1);
    lines.splice(top + from, removed);
    lines.splice(top + last - removed + 1, 0, ...emptyLines(removed));
  }

  /** Inserts empty rows before `from`; those pushed over the bottom of the scroll region are lost. */
  function insertRows(from: number, count: number): void {
    lineAt(last);
    const inserted = Math.min(count, last - from + 1);
    lines.splice(top + last - inserted + 1, inserted);
    lines.splice(top + from, 0, ...emptyLines(inserted));
  }

  function scrollUp(count: number): void {
    if (first > 0 || main) return removeRows(first, count);
    // What leaves the top of the screen stays above it.
    lineAt(last);
    const scrolled = Math.min(count, last + 1);
    lines.splice(top + last + 1, 0, ...emptyLines(scrolled));
    top += scrolled;
  }

  function nextRow(): void {
    if (row === last) scrollUp(1);
    else if (row < rows - 1) row++;
    column = here();
    lineAt(row);
  }

  /** Blanks a wide character that an edit at this column would cut in two. */
  function splitWide(cells: Line, at: number): void {
    if (cells[at]?.text !== '') return;
    cells[at - 1] = undefined;
    cells[at] = undefined;
  }

  function put(character: string, style: Style): void {
    const width = cellWidth(character);
    if (width === 0 && join(character)) return;
    const taken = Math.max(1, width);
    if (columns !== undefined && column + taken > columns) {
      if (modes.wraps) {
        erase(row, column, columns);
        nextRow();
        column = 0;
      } else if (taken === 1) column = lastColumn;
      else return;
    }
    const cells = lineAt(row);
    if (modes.inserts) insertCells(taken);
    splitWide(cells, column);
    splitWide(cells, column + taken);
    cells[column++] = { text: character, style };
    if (taken === 2) cells[column++] = { text: '', style };
  }

  /** Adds a combining character to the one before the cursor. */
  function join(character: string): boolean {
    const cells = lineAt(row);
    let at = column - 1;
    if (cells[at]?.text === '') at--;
    const before = cells[at];
    if (before) cells[at] = { ...before, text: before.text + character };
    return before !== undefined;
  }

  /** Whether the character before the cursor ends in a joiner: the next one is drawn into the same cell. */
  function endsInJoiner(): boolean {
    const cells = lines[top + row];
    const before = cells?.[column - 1]?.text === '' ? cells[column - 2] : cells?.[column - 1];
    return before?.text.endsWith(ZERO_WIDTH_JOINER) ?? false;
  }

  function write(text: string, style: Style): void {
    for (const character of text) {
      if (character >= '\u2000' && endsInJoiner()) join(character);
      else put(character, style);
    }
  }

  function erase(screenRow: number, from: number, to: number): void {
    const cells = lineAt(screenRow);
    splitWide(cells, from);
    splitWide(cells, to);
    if (to >= cells.length) cells.length = Math.min(cells.length, from);
    else cells.fill(undefined, from, to);
  }

  function insertCells(count: number): void {
    const [cells, at] = editAt();
    splitWide(cells, at);
    // Cells pushed over the edge are lost. Where the width is unknown a line may keep the length it has.
    const longest = columns ?? Math.max(cells.length, MAX_COLUMN);
    if (at < cells.length) cells.splice(at, 0, ...Array<undefined>(Math.min(count, longest - at)).fill(undefined));
    splitWide(cells, longest);
    cells.length = Math.min(cells.length, longest);
  }

  function deleteCells(count: number): void {
    const [cells, at] = editAt();
    splitWide(cells, at);
    splitWide(cells, at + count);
    cells.splice(at, count);
  }

  /** Clears the screen. On the main screen its lines stay above. */
  function clear(): void {
    if (main) {
      lines.length = top;
      return;
    }
    while (lines.length > top && lines.at(-1)?.length === 0) lines.pop();
    top = lines.length;
  }

  function resetRegion(): void {
    first = 0;
    last = rows - 1;
  }

  function showAlternate(isShown: boolean): void {
    if (isShown && !main) {
      main = { lines: lines.length, top, cursor: { row, column } };
      top = lines.length;
      row = 0;
      column = 0;
    } else if (!isShown && main) {
      lines.length = main.lines;
      top = main.top;
      ({ row, column } = main.cursor);
      main = undefined;
    }
  }

  function setTabStop(isSet: boolean): void {
    const stops = new Set(tabStops ?? Array.from({ length: MAX_COLUMN / TAB }, (_, i) => (i + 1) * TAB));
    if (isSet) stops.add(here());
    else stops.delete(here());
    tabStops = stops;
  }

  const isTabStop = (at: number): boolean => (tabStops ? tabStops.has(at) : at % TAB === 0);

  /** Moves to a tab stop: forwards, or backwards where `count` is negative. */
  function tab(count: number): void {
    const step = Math.sign(count);
    let at = here();
    // A wrap stays pending.
    if (step > 0 && at >= lastColumn) return;
    for (let left = Math.abs(count); left > 0 && (step < 0 ? at > 0 : at < lastColumn); left--) {
      do at += step;
      while (at > 0 && at < lastColumn && !isTabStop(at));
    }
    column = at;
  }

  /** Removes the lines that can no longer change, and returns them. */
  function takeFinished(): Line[] {
    const count = main ? Math.min(top, main.top) : top;
    const finished = lines.slice(0, count);
    lines = lines.slice(count);
    top -= count;
    if (main) main = { ...main, lines: main.lines - count, top: main.top - count };
    return finished;
  }

  return {
    modes,
    write,
    moveTo,
    moveRows,
    moveToColumn,
    moveColumns: (count: number) => moveToColumn(here() + count),
    nextRow,
    tab,
    setTabStop,
    clearTabStops: () => {
      tabStops = new Set();
    },
    insertCells,
    deleteCells,
    clear,
    showAlternate,
    resetRegion,
    takeFinished,
    lines: (): readonly Line[] => lines,
    cursor: (): Cursor => ({ row, column }),
    restoreCursor(cursor: Cursor): void {
      ({ row, column } = cursor);
    },
    /** Moves up a row; scrolls the region down at its top. */
    previousRow(): void {
      column = here();
      if (row === first) insertRows(first, 1);
      else moveRows(-1);
    },
    scrollUp,
    scrollDown: (count: number) => insertRows(first, count),
    insertLines(count: number): void {
      column = here();
      if (!inRegion()) return;
      insertRows(row, count);
      column = 0;
    },
    deleteLines(count: number): void {
      column = here();
      if (!inRegion()) return;
      removeRows(row, count);
      column = 0;
    },
    setRegion(from: number, to: number): void {
      if (from >= Math.min(to, rows - 1)) return;
      first = Math.max(0, from);
      last = Math.min(to, rows - 1);
      moveTo(0, 0);
    },
    eraseCells(count: number): void {
      const [, at] = editAt();
      erase(row, at, at + count);
    },
    eraseLine(part: 'after' | 'before' | 'all'): void {
      const [cells, at] = editAt();
      erase(row, part === 'after' ? at : 0, part === 'before' ? at + 1 : cells.length);
    },
    eraseAbove(): void {
      const [, at] = editAt();
      for (let i = 0; i < row; i++) lineAt(i).length = 0;
      erase(row, 0, at + 1);
    },
    eraseBelow(): void {
      const [cells, at] = editAt();
      erase(row, at, cells.length);
      lines.length = top + row + 1;
    },
    /** How often a character can be repeated: to fill the screen, or a line of unknown width. */
    maxRepeat: (): number => (columns === undefined ? Math.max(0, MAX_COLUMN - column) : rows * columns),
  };
}

const emptyLines = (count: number): Line[] => Array.from({ length: count }, () => []);
