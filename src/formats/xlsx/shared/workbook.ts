import { attribute, elementsIn, elementsOf, plain } from './xml.ts';
import { type Read, textOfFile, type ZipFile, zipFiles } from './zip.ts';

/** A date in a cell: milliseconds since 1970, of no zone. */
export interface Moment {
  readonly moment: number;
}
export type Cell = null | number | boolean | string | Moment;

export interface Workbook {
  readonly sheets: readonly { readonly name: string; readonly hidden: boolean; readonly file: ZipFile | undefined }[];
  /** The texts that cells refer to by number: as many as were asked for. */
  texts(most: { readonly count: number; readonly letters: number }): Promise<string[]>;
  /** The rows of a sheet that have cells, in their order; `most`: characters of the sheet that are read. */
  rows(sheet: number, most: number): AsyncGenerator<RawRow>;
  /** The value of a cell, once its text is known. */
  valueOf(cell: RawCell, texts: readonly string[]): Cell;
}

export interface RawCell {
  readonly column: number;
  readonly kind: string;
  readonly style: number;
  readonly text: string;
}
export type RawRow = readonly RawCell[];

/** Letters of the files that say what is where. */
const PLAN = 4 * 1024 * 1024;
/** Columns that a sheet can have. */
const MAX_COLUMN = 16_384;

/** Opens a workbook of Excel 2007 and later. Throws an error for people where it is none. */
export async function openWorkbook(read: Read, size: number): Promise<Workbook> {
  const magic = await read(0, Math.min(8, size));
  if (magic[0] === 0xd0 && magic[1] === 0xcf)
    throw new Error('not an .xlsx file: it is one of Excel 97 to 2003 (.xls), or is encrypted');
  if (magic[0] !== 0x50 || magic[1] !== 0x4b) throw new Error('not an .xlsx file: it is no zip archive');
  const files = await zipFiles(read, size).catch((error: unknown) => {
    throw new Error(`this .xlsx file is broken: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  });
  const whole = async (name: string): Promise<string> => {
    const file = files.get(name);
    let text = '';
    if (file) for await (const piece of textOfFile(read, file, PLAN)) text += piece;
    return text;
  };
  const plan = await whole('xl/workbook.xml');
  if (plan === '') throw new Error('not an .xlsx file: there is no workbook in it');
  const targets = new Map<string, string>();
  for (const { attributes } of elementsIn(await whole('xl/_rels/workbook.xml.rels'), 'Relationship')) {
    const target = attribute(attributes, 'Target') ?? '';
    targets.set(attribute(attributes, 'Id') ?? '', target.startsWith('/') ? target.slice(1) : `xl/${target}`);
  }
  const sheets = elementsIn(plan, 'sheet').map(({ attributes }) => ({
    name: attribute(attributes, 'name') ?? '',
    hidden: (attribute(attributes, 'state') ?? 'visible') !== 'visible',
    file: files.get(targets.get(attribute(attributes, 'id') ?? '') ?? ''),
  }));
  const from1904 = elementsIn(plan, 'workbookPr').some(({ attributes }) =>
    /^(?:1|true)$/.test(attribute(attributes, 'date1904') ?? ''),
  );
  const dates = dateStyles(await whole('xl/styles.xml'));

  return {
    sheets,
    async texts({ count, letters }) {
      const texts: string[] = [];
      const file = files.get('xl/sharedStrings.xml');
      if (!file || count === 0) return texts;
      for await (const { inner } of elementsOf(textOfFile(read, file, letters), 'si')) {
        texts.push(textIn(inner));
        if (texts.length >= count) break;
      }
      return texts;
    },
    async *rows(sheet, most) {
      const file = sheets[sheet]?.file;
      if (!file) throw new Error('the sheet is not there');
      for await (const { inner } of elementsOf(textOfFile(read, file, most), 'row')) {
        const cells = cellsOf(inner);
        if (cells.length > 0) yield cells;
      }
    },
    valueOf({ kind, style, text }, texts) {
      if (kind === 's') return texts[Number(text)] ?? '…';
      if (kind === 'b') return text === '1';
      if (kind === 'd')
        return Number.isNaN(Date.parse(text)) ? text : { moment: Date.parse(`${text.replace(/Z$/, '')}Z`) };
      if (kind !== 'n') return text;
      const number = Number(text);
      if (text === '' || Number.isNaN(number)) return text === '' ? null : text;
      return dates.has(style) ? { moment: momentOf(number, from1904) } : number;
    },
  };
}

/** Days since the end of 1899 (with a day that never was, the 29th of February 1900) in milliseconds since 1970. */
function momentOf(days: number, from1904: boolean): number {
  const since = from1904 ? days - 24_107 : days < 60 ? days - 25_568 : days - 25_569;
  return Math.round(since * 86_400_000);
}

function cellsOf(row: string): RawCell[] {
  let next = 0;
  const cells: RawCell[] = [];
  for (const { attributes, inner } of elementsIn(row, 'c')) {
    const place = /^[A-Z]{1,3}/.exec(attribute(attributes, 'r') ?? '')?.[0];
    const column =
      place === undefined ? next : place.split('').reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
    next = column + 1;
    if (inner === '' || column >= MAX_COLUMN) continue;
    const kind = attribute(attributes, 't') ?? 'n';
    const text = kind === 'inlineStr' ? textIn(inner) : plain(elementsIn(inner, 'v')[0]?.inner ?? '');
    if (text !== '' || kind === 'inlineStr')
      cells.push({ column, kind, style: Number(attribute(attributes, 's') ?? 0), text });
  }
  return cells;
}

/** The text of a cell or of a shared text, without how it looks and how it is pronounced. */
function textIn(inner: string): string {
  return elementsIn(inner.replace(/<(?:\w+:)?rPh\b[\s\S]*?<\/(?:\w+:)?rPh>/g, ''), 't')
    .map((part) => plain(part.inner))
    .join('');
}

/** The styles whose numbers are dates or times. */
function dateStyles(styles: string): ReadonlySet<number> {
  const own = new Map<number, string>();
  for (const { attributes } of elementsIn(styles, 'numFmt'))
    own.set(Number(attribute(attributes, 'numFmtId')), attribute(attributes, 'formatCode') ?? '');
  const isDate = (id: number): boolean => {
    const code = own.get(id);
    if (code === undefined)
      return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
    return /[ymdhs]/i.test(code.replace(/"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|General/gi, ''));
  };
  const formats = elementsIn(elementsIn(styles, 'cellXfs')[0]?.inner ?? '', 'xf');
  return new Set(
    formats.flatMap(({ attributes }, i) => (isDate(Number(attribute(attributes, 'numFmtId') ?? 0)) ? [i] : [])),
  );
}
