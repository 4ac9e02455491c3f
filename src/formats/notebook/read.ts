/** Reads Jupyter notebooks in the formats 3 and 4: https://nbformat.readthedocs.io/en/latest/format_description.html */

export interface Notebook {
  /** Programming language of the code cells. */
  readonly language: string;
  readonly cells: readonly Cell[];
}

export type Cell =
  | { readonly kind: 'code'; readonly source: string; readonly count?: number; readonly outputs: readonly Output[] }
  | { readonly kind: 'markdown'; readonly source: string; readonly attachments: ReadonlyMap<string, Data> }
  | { readonly kind: 'raw'; readonly source: string }
  | { readonly kind: 'bad'; readonly problem: string };

/** The formats of an output or attachment, by media type. Pictures other than SVG are in Base64. */
export type Data = ReadonlyMap<string, string>;

export type Output =
  | { readonly kind: 'text'; readonly text: string; readonly isError: boolean }
  | { readonly kind: 'data'; readonly data: Data };

/**
 * Reads a notebook. Cells that are invalid have the kind `bad`. Throws an error with a message for users if the JSON is
 * not a notebook.
 */
export function readNotebook(json: unknown): Notebook {
  const root = asObject(json);
  const sheets = asArray(root.worksheets).map(asObject);
  const cells = Array.isArray(root.cells) ? root.cells : sheets.flatMap((sheet) => asArray(sheet.cells));
  if (!Array.isArray(root.cells) && sheets.length === 0) throw new Error('not a notebook: it has no list of cells');
  const metadata = asObject(root.metadata);
  const language = [
    asObject(metadata.language_info).name,
    asObject(metadata.kernelspec).language,
    metadata.language,
  ].find((name) => typeof name === 'string');
  return { language: typeof language === 'string' ? language.slice(0, 40) : 'python', cells: cells.map(readCell) };
}

function readCell(json: unknown): Cell {
  if (typeof json !== 'object' || json === null) return { kind: 'bad', problem: 'This is not a cell.' };
  const cell = asObject(json);
  const source = textOf(cell.source);
  switch (cell.cell_type) {
    case 'code': {
      const count = cell.execution_count ?? cell.prompt_number;
      return {
        kind: 'code',
        source: source || textOf(cell.input),
        ...(typeof count === 'number' && { count }),
        outputs: asArray(cell.outputs).map(asObject).flatMap(readOutput),
      };
    }
    case 'markdown': {
      const files = Object.entries(asObject(cell.attachments));
      return {
        kind: 'markdown',
        source,
        attachments: new Map(files.map(([name, data]) => [name, dataOf(asObject(data))])),
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
        problem: `A cell of unknown type: ${textOf(cell.cell_type).slice(0, 40) || 'missing'}.`,
      };
  }
}

function readOutput(output: Fields): Output[] {
  switch (output.output_type) {
    case 'stream':
      return [{ kind: 'text', text: textOf(output.text), isError: (output.name ?? output.stream) === 'stderr' }];
    case 'error':
    case 'pyerr': {
      const lines = asArray(output.traceback).map(textOf).join('\n');
      return [{ kind: 'text', text: lines || `${textOf(output.ename)}: ${textOf(output.evalue)}`, isError: true }];
    }
    case 'execute_result':
    case 'display_data':
      return [{ kind: 'data', data: dataOf(asObject(output.data)) }];
    case 'pyout':
      return [
        {
          kind: 'data',
          data: dataOf(
            Object.fromEntries(Object.entries(output).map(([key, value]) => [MEDIA_TYPES[key] ?? '', value])),
          ),
        },
      ];
    default:
      return [];
  }
}

/** Media types by their names in format 3. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  text: 'text/plain',
  html: 'text/html',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpeg: 'image/jpeg',
  latex: 'text/latex',
  json: 'application/json',
};

/** The formats of an output. Those that are not text, such as JSON, become JSON text. */
function dataOf(fields: Fields): Data {
  return new Map(
    Object.entries(fields).map(([type, value]) => [
      type,
      typeof value === 'string' || Array.isArray(value) ? textOf(value) : (JSON.stringify(value, null, 2) ?? ''),
    ]),
  );
}

/** A JSON object. */
type Fields = Readonly<Record<string, unknown>>;

/** The value, or an empty object if it is not an object. */
function asObject(json: unknown): Fields {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Fields) : {};
}

/** The value, or an empty list if it is not a list. */
function asArray(json: unknown): readonly unknown[] {
  return Array.isArray(json) ? json : [];
}

/** A text, which is stored as a string or as a list of lines; empty for other values. */
function textOf(json: unknown): string {
  if (Array.isArray(json)) return json.filter((part) => typeof part === 'string').join('');
  return typeof json === 'string' ? json : '';
}
