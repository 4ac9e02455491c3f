import type { FileEnds } from '../../node/kit/text/file-ends.ts';
import { openJson } from '../../shared/kit/tree/open-json.ts';
import { type Notebook, readNotebook } from './read.ts';
import { closeNotebook } from './repair.ts';

/** Nesting that no notebook has: beyond it the JSON is not read. */
const MAX_DEPTH = 500;

/**
 * Reads a notebook from the ends of its file: all of it, or what is whole in its beginning. Throws where nothing of it
 * can be shown. `problem`: what is wrong with the file, and where.
 */
export function loadNotebook(ends: FileEnds): { notebook: Notebook; language: string; problem?: string } {
  if (ends.size === 0) return { notebook: { language: '', cells: [] }, language: 'Empty' };
  const whole = ends.tail.length === 0;
  const text = new TextDecoder().decode(ends.head);
  const { problem, depth } = whole ? openJson(ends.head, false) : { depth: 0 };
  if (depth > MAX_DEPTH) throw new Error(`not a notebook: its JSON is nested ${depth} times`);
  const said = problem && `Not JSON at line ${problem.line}, column ${problem.column}: ${problem.reason}.`;
  if (whole && !problem) {
    const notebook = readNotebook(JSON.parse(text));
    return { notebook, language: notebook.language };
  }
  const closed = closeNotebook(problem ? new TextDecoder().decode(ends.head.subarray(0, problem.offset)) : text);
  if (closed === undefined) throw new Error(said ?? 'its first cell is larger than what is read of a notebook');
  const notebook = readNotebook(parsed(closed, said));
  // The language stands behind the cells.
  const tail = new TextDecoder().decode(ends.tail);
  const language = /"language"\s*:\s*"([\w+#-]{1,40})"/.exec(tail)?.[1] ?? notebook.language;
  return { notebook, language, ...(said && { problem: `${said} The cells before it:` }) };
}

function parsed(text: string, said: string | undefined): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(said ?? `not JSON: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
