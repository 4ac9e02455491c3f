import type { Attributes, XmlHandler } from './xml.ts';

/** A cell as the sheet stores it. */
export interface RawCell {
  /** Counted from 0. */
  readonly column: number;
  /** The `t` attribute of `<c>`: n, s, b, d, str, e or inlineStr. */
  readonly kind: string;
  /** Index into the workbook's `cellXfs`. */
  readonly style: number;
  /** The text of `<v>`, or of an inline string; of a formula without a stored value, `=` and the formula. */
  readonly text: string;
}
/** The cells of a row, in order. */
export type RawRow = readonly RawCell[];

/** Columns that Excel allows in a sheet. */
const MAX_COLUMNS = 16_384;

/** Handles the XML of a sheet: emits each row that has cells. */
export function rowHandler(emit: (row: RawRow) => void): XmlHandler {
  const inlineText = textHandler();
  let cells: RawCell[] = [];
  let cell: { column: number; kind: string; style: number; hasContent: boolean } | undefined;
  let value: string | undefined;
  let formula: string | undefined;
  let inValue = false;
  let inFormula = false;
  let nextColumn = 0;

  function openCell(attributes: Attributes): void {
    const column = columnOf(attributes.r) ?? nextColumn;
    nextColumn = column + 1;
    cell = { column, kind: attributes.t ?? 'n', style: Number(attributes.s ?? 0), hasContent: false };
    value = undefined;
    formula = undefined;
    inlineText.reset();
  }

  function closeCell(): void {
    if (!cell) return;
    const { column, kind, style, hasContent } = cell;
    cell = undefined;
    const isInline = kind === 'inlineStr';
    const text = isInline ? inlineText.value() : decodeEscapes(value ?? '');
    if (column >= MAX_COLUMNS || cells.length >= MAX_COLUMNS) return;
    if (isInline ? hasContent : text !== '') cells.push({ column, kind, style, text });
    // Programs that do not calculate write formulas without values.
    else if (formula !== undefined) cells.push({ column, kind: 'str', style, text: `=${formula}` });
  }

  return {
    open(name, attributes) {
      if (name === 'row') {
        cells = [];
        cell = undefined;
        nextColumn = 0;
      } else if (name === 'c') {
        openCell(attributes);
      } else if (cell) {
        cell.hasContent = true;
        // A cell has one <v>; ignore any others.
        if (name === 'v' && value === undefined) {
          value = '';
          inValue = true;
        } else if (name === 'f') {
          formula = '';
          inFormula = true;
        } else if (cell.kind === 'inlineStr') inlineText.open(name);
      }
    },
    text(text) {
      if (inValue) value += text;
      else if (inFormula) formula += text;
      else if (cell) inlineText.text(text);
    },
    close(name) {
      if (name === 'v') inValue = false;
      else if (name === 'f') inFormula = false;
      else if (name === 'c') closeCell();
      else if (name === 'row') {
        if (cells.length > 0) emit(cells);
        cells = [];
      } else if (cell) inlineText.close(name);
    },
  };
}

/** Handles the XML of the shared strings: emits the text of each `<si>`. */
export function stringHandler(emit: (text: string) => void): XmlHandler {
  const string = textHandler();
  let inString = false;
  return {
    open(name) {
      if (name === 'si') {
        inString = true;
        string.reset();
      } else if (inString) string.open(name);
    },
    text: (text) => string.text(text),
    close(name) {
      if (name !== 'si') return string.close(name);
      inString = false;
      emit(string.value());
    },
  };
}

/** Joins the `<t>` elements of a string: its formatted runs, without the phonetic hints in `<rPh>`. */
function textHandler() {
  let joined = '';
  let inText = false;
  let inPhonetic = false;
  return {
    reset(): void {
      joined = '';
      inText = false;
      inPhonetic = false;
    },
    open(name: string): void {
      if (name === 'rPh') inPhonetic = true;
      else if (name === 't') inText = !inPhonetic;
    },
    text(text: string): void {
      if (inText) joined += text;
    },
    close(name: string): void {
      if (name === 'rPh') inPhonetic = false;
      else if (name === 't') inText = false;
    },
    value: (): string => decodeEscapes(joined),
  };
}

/** The column of a reference such as `AB12`, counted from 0. */
function columnOf(reference = ''): number | undefined {
  let column = 0;
  let length = 0;
  for (; length < 3; length++) {
    const letter = reference.charCodeAt(length) - 64;
    if (!(letter >= 1 && letter <= 26)) break;
    column = column * 26 + letter;
  }
  return length === 0 ? undefined : column - 1;
}

/** Decodes characters that XML does not allow, which Office writes as `_x` and four hexadecimal digits: `_x0007_`. */
export function decodeEscapes(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([\da-f]{4})_/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
