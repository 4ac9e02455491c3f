import { decodeEscapes, type RawCell, type RawRow, rowHandler, stringHandler } from './cells.ts';
import { attributeOf, parseXml, type StartTag, startTags } from './xml.ts';
import { type Read, textOfFile, type ZipFile, zipFiles } from './zip.ts';

/** A date in a cell: milliseconds since 1970, without a time zone. */
export interface Moment {
  readonly moment: number;
}
export type Cell = null | number | boolean | string | Moment;

export interface Workbook {
  readonly sheets: readonly { readonly name: string; readonly hidden: boolean; readonly file: ZipFile | undefined }[];
  /** The shared strings, which cells refer to by index: at most `count`, from at most `letters` characters of XML. */
  texts(most: { readonly count: number; readonly letters: number }): Promise<string[]>;
  /** The rows of a sheet that have cells, in order, from at most `most` characters of XML. */
  rows(sheet: number, most: number): AsyncGenerator<RawRow>;
  /** The value of a cell; `texts` are the shared strings. */
  valueOf(cell: RawCell, texts: readonly string[]): Cell;
}

/** Characters read of the workbook's list of sheets, of its relationships and of its styles. */
const MAX_PART = 4 * 1024 * 1024;

/** Opens a workbook of Excel 2007 or later. Throws an error with a message for users when the file is none. */
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
  const tagsOf = async (name: string): Promise<StartTag[]> => {
    const file = files.get(name);
    return file ? startTags(textOfFile(read, file, MAX_PART)) : [];
  };
  const tags = await tagsOf('xl/workbook.xml');
  if (tags.length === 0) throw new Error('not an .xlsx file: there is no workbook in it');
  const targets = new Map<string, string>();
  for (const { name, attributes } of await tagsOf('xl/_rels/workbook.xml.rels')) {
    const { Id: id, Target: target } = attributes;
    if (name !== 'Relationship' || id === undefined || target === undefined) continue;
    targets.set(id, target.startsWith('/') ? target.slice(1) : `xl/${target}`);
  }
  const sheets = tags
    .filter(({ name }) => name === 'sheet')
    .map(({ attributes }) => ({
      name: decodeEscapes(attributes.name ?? ''),
      hidden: (attributes.state ?? 'visible') !== 'visible',
      file: files.get(targets.get(attributeOf(attributes, 'id') ?? '') ?? ''),
    }));
  const from1904 = tags.some(
    ({ name, attributes }) => name === 'workbookPr' && /^(?:1|true)$/.test(attributes.date1904 ?? ''),
  );
  const dates = dateStyles(await tagsOf('xl/styles.xml'));

  return {
    sheets,
    async texts({ count, letters }) {
      const texts: string[] = [];
      const file = files.get('xl/sharedStrings.xml');
      if (!file || count === 0) return texts;
      for await (const text of parseXml(textOfFile(read, file, letters), stringHandler)) {
        texts.push(text);
        if (texts.length >= count) break;
      }
      return texts;
    },
    rows(sheet, most) {
      const file = sheets[sheet]?.file;
      if (!file) throw new Error('the sheet is missing in the archive');
      return parseXml(textOfFile(read, file, most), rowHandler);
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

/** Converts days since the end of 1899 to milliseconds since 1970. Excel counts 29 February 1900, which did not exist. */
function momentOf(days: number, from1904: boolean): number {
  const since = from1904 ? days - 24_107 : days < 60 ? days - 25_568 : days - 25_569;
  return Math.round(since * 86_400_000);
}

/** The indexes of the cell formats (`cellXfs`) that show a number as a date or time. */
function dateStyles(tags: readonly StartTag[]): ReadonlySet<number> {
  const codes = new Map<number, string>();
  for (const { name, attributes } of tags)
    if (name === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
  const isDate = (id: number): boolean => {
    const code = codes.get(id);
    // Built-in formats: ECMA-376 part 1, 18.8.30; 27 to 36 and 50 to 58 are those of East Asian locales.
    if (code === undefined)
      return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
    return /[ymdhs]/i.test(code.replace(/"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|General/gi, ''));
  };
  const formats = tags.filter(({ name, parent }) => name === 'xf' && parent === 'cellXfs');
  return new Set(formats.flatMap(({ attributes }, i) => (isDate(Number(attributes.numFmtId ?? 0)) ? [i] : [])));
}
