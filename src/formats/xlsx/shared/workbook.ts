/** Reads workbooks of Excel 2007 and later (Office Open XML, ECMA-376): XML files in a zip archive. */

import { messageOf } from '../../../shared/errors.ts';
import { FormattedNumber } from '../../../shared/kit/table/cell-format.ts';
import { decodeEscapes, type RawCell, type RawRow, rowHandler, stringHandler } from './cells.ts';
import { builtInFormat, type NumberFormat, numberFormat } from './number-formats.ts';
import { attributeOf, parseXml, type StartTag, startTags } from './xml.ts';
import { type ReadRange, textOfFile, type ZipFile, zipFiles } from './zip.ts';

/** A number with the format of its cell. Dates are numbers of days. */
export class CellNumber extends FormattedNumber {
  declare readonly format: NumberFormat;
}
/** The value of a cell; null if it is empty. Integers beyond 2^53 are bigint. */
export type CellValue = null | CellNumber | bigint | boolean | string;

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
  /** The number format with a code, as the workbook shows it. */
  numberFormat(code: string): NumberFormat;
}

/** Characters read of each of the files that describe the workbook: its sheets, relationships and styles. */
const MAX_METADATA_CHARACTERS = 4 * 1024 * 1024;

const MILLISECONDS_PER_DAY = 86_400_000;
/** Day 0 of Unix time in 1900 and in 1904 dates. */
const DAY_OF_1970 = 25_569;
const DAY_OF_1970_IN_1904 = 24_107;

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
  const formats = new Map<string, NumberFormat>();
  const formatOf = (code: string): NumberFormat => {
    let format = formats.get(code);
    if (!format) {
      format = numberFormat(code, uses1904Dates);
      formats.set(code, format);
    }
    return format;
  };
  const styles = formatCodesIn(await tagsOf('xl/styles.xml')).map(formatOf);
  const general = formatOf('');

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
    numberFormat: formatOf,
    valueOf({ kind, style, text }, strings) {
      const format = styles[style] ?? general;
      // A string beyond the limit of the preview is shown as an ellipsis.
      if (kind === 's') return format.textOf(strings[Number(text)] ?? '…');
      if (kind === 'b') return text === '1';
      if (kind === 'd') return isoDate(text, format.kind === 'date' ? format : formatOf('yyyy-mm-dd hh:mm:ss'));
      if (kind !== 'n') return kind === 'e' ? text : format.textOf(text);
      const number = Number(text);
      if (text === '') return null;
      if (Number.isNaN(number)) return text;
      if (format.kind === 'general' && LONG_INTEGER.test(text) && !Number.isSafeInteger(number)) return BigInt(text);
      return new CellNumber(number, format);
    },
  };

  /** A date that is written in ISO 8601. */
  function isoDate(text: string, format: NumberFormat): CellNumber | string {
    const milliseconds = Date.parse(`${text.replace(/Z$/, '')}${text.includes('T') ? 'Z' : ''}`);
    if (Number.isNaN(milliseconds)) return text;
    const dayOf1970 = uses1904Dates ? DAY_OF_1970_IN_1904 : DAY_OF_1970;
    return new CellNumber(milliseconds / MILLISECONDS_PER_DAY + dayOf1970, format);
  }
}

const LONG_INTEGER = /^-?\d{16,}$/;

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

/** The codes of the number formats of the cell formats (`cellXfs`), by index. */
function formatCodesIn(styleTags: readonly StartTag[]): string[] {
  const codes = new Map<number, string>();
  for (const { name, attributes } of styleTags)
    if (name === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
  return styleTags
    .filter(({ name, parent }) => name === 'xf' && parent === 'cellXfs')
    .map(({ attributes }) => Number(attributes.numFmtId ?? 0))
    .map((id) => codes.get(id) ?? builtInFormat(id));
}
