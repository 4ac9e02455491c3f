import type { FileEnds } from '../../node/kit/text/file-ends.ts';
import { messageOf } from '../../shared/errors.ts';
import { openJson } from '../../shared/kit/tree/open-json.ts';
import { closeNotebook } from './close-json.ts';
import { type Notebook, readNotebook } from './read.ts';

/** Deepest JSON that is read. */
const MAX_DEPTH = 500;

/**
 * Reads a notebook or, of an incomplete or large one, the complete cells in its beginning. `problem` describes a fault
 * in the file and its position. Throws an error with a message for users if nothing can be shown.
 */
export function loadNotebook(ends: FileEnds): { notebook: Notebook; language: string; problem?: string } {
  if (ends.size === 0) return { notebook: { language: '', cells: [] }, language: 'Empty' };
  const isComplete = ends.tail.length === 0;
  const text = new TextDecoder().decode(ends.head);
  const { problem, depth } = isComplete ? openJson(ends.head, false) : { depth: 0 };
  if (depth > MAX_DEPTH) throw new Error(`not a notebook: its JSON is nested ${depth} levels deep`);
  const problemText = problem && `Not JSON at line ${problem.line}, column ${problem.column}: ${problem.reason}.`;
  if (isComplete && !problem) {
    const notebook = readNotebook(JSON.parse(text));
    return { notebook, language: notebook.language };
  }
  const closed = closeNotebook(problem ? new TextDecoder().decode(ends.head.subarray(0, problem.offset)) : text);
  if (closed === undefined) throw new Error(problemText ?? 'its first cell is too large to be shown');
  const notebook = readNotebook(parseJson(closed, problemText));
  // The metadata with the language follows the cells.
  const tail = new TextDecoder().decode(ends.tail);
  const language = /"language"\s*:\s*"([\w+#-]{1,40})"/.exec(tail)?.[1] ?? notebook.language;
  return { notebook, language, ...(problemText && { problem: `${problemText} The cells before it:` }) };
}

/** Parses JSON. Throws an error with a message for users: `problemText` if it is known. */
function parseJson(text: string, problemText: string | undefined): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(problemText ?? `not JSON: ${messageOf(error)}`, { cause: error });
  }
}
