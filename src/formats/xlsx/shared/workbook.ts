/** Reads workbooks of Excel 2007 and later (Office Open XML, ECMA-376): XML files in a zip archive. */

import { messageOf } from '../../../shared/errors.ts';
import { decodeEscapes, type RawCell, type RawRow, rowHandler, stringHandler } from './cells.ts';
import { attributeOf, parseXml, type StartTag, startTags } from './xml.ts';
import { type ReadRange, textOfFile, type ZipFile, zipFiles } from './zip.ts';

/** A date in a cell, in milliseconds since 1970. It has no time zone. */
export interface DateValue {
  readonly milliseconds: number;
}
/** The value of a cell; null if it is empty. */
export type CellValue = null | number | boolean | string | DateValue;

export interface SheetInfo {
  readonly name: string;
  readonly isHidden: boolean;
  /** The file with the cells; undefined if the archive does not contain it. */
  readonly file: ZipFile | undefined;
}

export interface Workbook {
  readonly sheets: readonly SheetInfo[];
  /** Reads the shared strings, which cells refer to by index. `maxCharacters` limits the XML that is read. */
  sharedStrings(limits: { readonly maxStrings: number; readonly maxCharacters: number }): Promise<string[]>;
  /** Reads the rows of a sheet that have cells, in order. `maxCharacters` limits the XML that is read. */
  rows(sheetIndex: number, maxCharacters: number): AsyncGenerator<RawRow>;
  /** The value of a cell; `strings` are the shared strings. */
  valueOf(cell: RawCell, strings: readonly string[]): CellValue;
}

/** Characters read of each of the files that describe the workbook: its sheets, relationships and styles. */
const MAX_METADATA_CHARACTERS = 4 * 1024 * 1024;

const MILLISECONDS_PER_DAY = 86_400_000;

/** Opens a workbook. Throws an error with a message for users if the file is not a workbook or is damaged. */
export async function openWorkbook(read: ReadRange, size: number): Promise<Workbook> {
  const magic = await read(0, Math.min(8, size));
  if (magic[0] === 0xd0 && magic[1] === 0xcf)
    throw new Error('not an .xlsx file: it is an Excel 97 to 2003 file (.xls), or is encrypted');
  if (magic[0] !== 0x50 || magic[1] !== 0x4b) throw new Error('not an .xlsx file: it is not a zip archive');
  const files = await zipFiles(read, size).catch((error: unknown) => {
    throw new Error(`this .xlsx file is damaged: ${messageOf(error)}`, { cause: error });
  });
  const tagsOf = async (name: string): Promise<StartTag[]> => {
    const file = files.get(name);
    return file ? startTags(textOfFile(read, file, MAX_METADATA_CHARACTERS)) : [];
  };
  const workbookTags = await tagsOf('xl/workbook.xml');
  if (workbookTags.length === 0) throw new Error('not an .xlsx file: it contains no workbook');
  const paths = pathsById(await tagsOf('xl/_rels/workbook.xml.rels'));
  const sheets = workbookTags
    .filter(({ name }) => name === 'sheet')
    .map(({ attributes }) => ({
      name: decodeEscapes(attributes.name ?? ''),
      isHidden: (attributes.state ?? 'visible') !== 'visible',
      file: files.get(paths.get(attributeOf(attributes, 'id') ?? '') ?? ''),
    }));
  const uses1904Dates = workbookTags.some(
    ({ name, attributes }) => name === 'workbookPr' && /^(?:1|true)$/.test(attributes.date1904 ?? ''),
  );
  const dateStyles = dateStylesIn(await tagsOf('xl/styles.xml'));

  return {
    sheets,
    async sharedStrings({ maxStrings, maxCharacters }) {
      const strings: string[] = [];
      const file = files.get('xl/sharedStrings.xml');
      if (!file || maxStrings === 0) return strings;
      for await (const string of parseXml(textOfFile(read, file, maxCharacters), stringHandler)) {
        strings.push(string);
        if (strings.length >= maxStrings) break;
      }
      return strings;
    },
    rows(sheetIndex, maxCharacters) {
      const file = sheets[sheetIndex]?.file;
      if (!file) throw new Error('the archive does not contain the sheet');
      return parseXml(textOfFile(read, file, maxCharacters), rowHandler);
    },
    valueOf({ kind, style, text }, strings) {
      // A string beyond the limit of the preview is shown as an ellipsis.
      if (kind === 's') return strings[Number(text)] ?? '…';
      if (kind === 'b') return text === '1';
      if (kind === 'd')
        return Number.isNaN(Date.parse(text)) ? text : { milliseconds: Date.parse(`${text.replace(/Z$/, '')}Z`) };
      if (kind !== 'n') return text;
      const number = Number(text);
      if (text === '') return null;
      if (Number.isNaN(number)) return text;
      return dateStyles.has(style) ? { milliseconds: serialDateToMilliseconds(number, uses1904Dates) } : number;
    },
  };
}

/** The paths of the files in the archive, by the ids of the workbook's relationships. */
function pathsById(relationshipTags: readonly StartTag[]): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const { name, attributes } of relationshipTags) {
    const { Id: id, Target: target } = attributes;
    if (name !== 'Relationship' || id === undefined || target === undefined) continue;
    paths.set(id, target.startsWith('/') ? target.slice(1) : `xl/${target}`);
  }
  return paths;
}

/**
 * Converts a serial date, in days, to milliseconds since 1970. Day 1 is 1 January 1900; with 1904 dates, day 0 is
 * 1 January 1904. For Excel, 1900 is a leap year: day 60 is 29 February 1900, which did not exist.
 */
function serialDateToMilliseconds(days: number, uses1904Dates: boolean): number {
  const dayOf1970 = uses1904Dates ? 24_107 : days < 60 ? 25_568 : 25_569;
  return Math.round((days - dayOf1970) * MILLISECONDS_PER_DAY);
}

/** The indexes of the cell formats (`cellXfs`) that show a number as a date or time. */
function dateStylesIn(styleTags: readonly StartTag[]): ReadonlySet<number> {
  const codes = new Map<number, string>();
  for (const { name, attributes } of styleTags)
    if (name === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
  const isDate = (id: number): boolean => {
    const code = codes.get(id);
    if (code === undefined) return isBuiltInDateFormat(id);
    // Ignore quoted text, escaped characters, and conditions and colours in brackets, but not elapsed times: [h], [m],
    // [s].
    return /[ymdhs]/i.test(code.replace(/"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|General/gi, ''));
  };
  const formats = styleTags.filter(({ name, parent }) => name === 'xf' && parent === 'cellXfs');
  return new Set(formats.flatMap(({ attributes }, i) => (isDate(Number(attributes.numFmtId ?? 0)) ? [i] : [])));
}

/** Whether a number format that the file does not define is a date or time: ECMA-376 part 1, 18.8.30. */
function isBuiltInDateFormat(id: number): boolean {
  // 27 to 36 and 50 to 58 are those of East Asian locales.
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
}
