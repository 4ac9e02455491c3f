/** Jupyter notebooks, formats 3 and 4: https://nbformat.readthedocs.io/en/latest/format_description.html */

export interface Notebook {
  /** The language of its code. */
  readonly language: string;
  readonly cells: readonly Cell[];
}

export type Cell =
  | { readonly kind: 'code'; readonly source: string; readonly count?: number; readonly outputs: readonly Output[] }
  | { readonly kind: 'markdown'; readonly source: string; readonly attachments: ReadonlyMap<string, Data> }
  | { readonly kind: 'raw'; readonly source: string }
  | { readonly kind: 'bad'; readonly problem: string };

/** The same thing in several formats, by their media types; pictures in base64. */
export type Data = ReadonlyMap<string, string>;

export type Output =
  | { readonly kind: 'text'; readonly text: string; readonly error: boolean }
  | { readonly kind: 'data'; readonly data: Data };

/** Reads a notebook. Throws an error that says what is wrong where it is JSON and no notebook; a bad cell is told as such. */
export function readNotebook(json: unknown): Notebook {
  const root = record(json);
  const sheets = list(root.worksheets).map(record);
  const cells = Array.isArray(root.cells) ? root.cells : sheets.flatMap((sheet) => list(sheet.cells));
  if (!Array.isArray(root.cells) && sheets.length === 0) throw new Error('not a notebook: it has no list of cells');
  const metadata = record(root.metadata);
  const language = [record(metadata.language_info).name, record(metadata.kernelspec).language, metadata.language].find(
    (name) => typeof name === 'string',
  );
  return { language: typeof language === 'string' ? language.slice(0, 40) : 'python', cells: cells.map(readCell) };
}

function readCell(json: unknown): Cell {
  if (typeof json !== 'object' || json === null) return { kind: 'bad', problem: 'This is not a cell.' };
  const cell = record(json);
  const source = text(cell.source);
  switch (cell.cell_type) {
    case 'code': {
      const count = cell.execution_count ?? cell.prompt_number;
      return {
        kind: 'code',
        source: source || text(cell.input),
        ...(typeof count === 'number' && { count }),
        outputs: list(cell.outputs).map(record).flatMap(readOutput),
      };
    }
    case 'markdown': {
      const files = Object.entries(record(cell.attachments));
      return {
        kind: 'markdown',
        source,
        attachments: new Map(files.map(([name, data]) => [name, dataOf(record(data))])),
      };
    }
    case 'heading':
      return {
        kind: 'markdown',
        source: `${'#'.repeat(Math.min(6, Number(cell.level) || 1))} ${source}`,
        attachments: new Map(),
      };
    case 'raw':
      return { kind: 'raw', source };
    default:
      return {
        kind: 'bad',
        problem: `A cell of an unknown kind: ${text(cell.cell_type).slice(0, 40) || 'none is said'}.`,
      };
  }
}

function readOutput(output: Fields): Output[] {
  switch (output.output_type) {
    case 'stream':
      return [{ kind: 'text', text: text(output.text), error: (output.name ?? output.stream) === 'stderr' }];
    case 'error':
    case 'pyerr': {
      const lines = list(output.traceback).map(text).join('\n');
      return [{ kind: 'text', text: lines || `${text(output.ename)}: ${text(output.evalue)}`, error: true }];
    }
    case 'execute_result':
    case 'display_data':
      return [{ kind: 'data', data: dataOf(record(output.data)) }];
    case 'pyout':
      return [
        {
          kind: 'data',
          data: dataOf(Object.fromEntries(Object.entries(output).map(([key, value]) => [OLD[key] ?? '', value]))),
        },
      ];
    default:
      return [];
  }
}

/** How format 3 calls the media types. */
const OLD: Readonly<Record<string, string>> = {
  text: 'text/plain',
  html: 'text/html',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpeg: 'image/jpeg',
  latex: 'text/latex',
  json: 'application/json',
};

function dataOf(fields: Fields): Data {
  return new Map(
    Object.entries(fields).map(([type, value]) => [
      type,
      typeof value === 'string' || Array.isArray(value) ? text(value) : (JSON.stringify(value, null, 2) ?? ''),
    ]),
  );
}

type Fields = Readonly<Record<string, unknown>>;

function record(json: unknown): Fields {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Fields) : {};
}

function list(json: unknown): readonly unknown[] {
  return Array.isArray(json) ? json : [];
}

/** A text, which notebooks write as one string or as a list of lines. */
function text(json: unknown): string {
  if (Array.isArray(json)) return json.filter((part) => typeof part === 'string').join('');
  return typeof json === 'string' ? json : '';
}
