/**
 * Parses unified diffs by diff(1), git and others, including git's combined diffs of merges (`@@@`).
 * https://git-scm.com/docs/diff-format
 * https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
 */

export interface DiffLine {
  /** `-`: only in the old file; `+`: only in the new file; a space: in both. */
  readonly kind: ' ' | '-' | '+';
  readonly text: string;
  /** The file does not end with a newline after this line. */
  noNewline?: boolean;
}

export interface Hunk {
  /** Number of the first line, in the old and in the new file. */
  readonly oldStart: number;
  readonly newStart: number;
  /** Text after the second `@@`, usually the enclosing function. */
  readonly section: string;
  readonly lines: DiffLine[];
}

export interface FileDiff {
  /** The file's name, or `old → new` if it was renamed. */
  readonly name: string;
  /** Changes other than lines: `new`, `deleted`, `renamed`, `mode 100644 → 100755`, `binary`. */
  readonly notes: readonly string[];
  readonly hunks: readonly Hunk[];
  readonly added: number;
  readonly removed: number;
  /** Text after the diff: the end of a mail, the message of the next commit. */
  readonly after: string;
  /** A sentence that describes a fault in the diff. */
  readonly problem?: string;
}

/** Byte offsets where file diffs begin. `latin1`: the patch decoded as Latin-1, so that characters are bytes. */
export function fileStarts(latin1: string): number[] {
  const pattern = /^diff (?:--|-\w)/m.test(latin1) ? /^diff (?:--|-\w).*$/gm : /^--- .*\r?\n\+\+\+ /gm;
  return [...latin1.matchAll(pattern)].map((match) => match.index);
}

/** Parses the diff of one file. `cut`: its end may be missing, which is not reported. */
export function parseFile(text: string, cut = false): FileDiff {
  // If the hunk headers end with CR LF, so do all lines of the patch. Otherwise a CR belongs to the content: git shows
  // ^M.
  const hasCrlf = /^@@.*\r$/m.test(text) || !/^@@/m.test(text);
  const lines = text
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) + (hasCrlf ? '' : '^M') : line));
  if (lines.at(-1) === '') lines.pop();
  const firstHunk = lines.findIndex((line) => HUNK.test(line));
  const header = lines.slice(0, firstHunk < 0 ? lines.length : firstHunk);
  const hunks: Hunk[] = [];
  let problem: string | undefined;
  let lineIndex = header.length;
  for (let match = HUNK.exec(lines[lineIndex] ?? ''); match; match = HUNK.exec(lines[lineIndex] ?? '')) {
    const { hunk, end, isIncomplete } = parseHunk(match, lines, lineIndex + 1);
    hunks.push(hunk);
    lineIndex = end;
    if (isIncomplete && !(cut && lineIndex >= lines.length))
      problem ??= `Line ${lineIndex + 1} of this diff does not match the header of its hunk (${match[0].trim()}).`;
  }
  const all = hunks.flatMap((hunk) => hunk.lines);
  const count = (kind: string) => all.filter((line) => line.kind === kind).length;
  const { name, notes, usedLines } = parseHeaders(header);
  const after = hunks.length > 0 ? lines.slice(lineIndex) : header.slice(usedLines);
  return {
    name,
    notes,
    hunks,
    added: count('+'),
    removed: count('-'),
    after: after.join('\n').trim(),
    ...(problem && { problem }),
  };
}

const HUNK = /^@@(@*) ((?:-\d+(?:,\d+)? )+)\+(\d+)(?:,(\d+))? @@+ ?(.*)$/;

function parseHunk(match: RegExpExecArray, lines: readonly string[], from: number) {
  const [, extraColumns = '', oldRanges = '', start = '', count = '1', section = ''] = match;
  const columns = extraColumns.length + 1;
  const [firstRange = '-0'] = oldRanges.split(' ');
  const [oldStart = '0', oldCount = '1'] = firstRange.slice(1).split(',');
  let oldRemaining = Number(oldCount);
  let newRemaining = Number(count);
  const hunk: Hunk = { oldStart: Number(oldStart), newStart: Number(start), section, lines: [] };
  let lineIndex = from;
  for (; lineIndex < lines.length; lineIndex++) {
    const line = lines[lineIndex] ?? '';
    const signs = line.slice(0, columns);
    if (signs.startsWith('\\')) {
      const last = hunk.lines.at(-1);
      if (last) last.noNewline = true;
      continue;
    }
    // A combined diff mixes the lines of several parents, so only the lines of the result can be counted.
    if (newRemaining <= 0 && (columns > 1 ? !/^[ ]*-/.test(signs) : oldRemaining <= 0)) break;
    if (!/^[-+ ]*$/.test(signs)) break;
    const kind = signs.includes('-') ? '-' : signs.includes('+') ? '+' : ' ';
    if (kind !== '+') oldRemaining--;
    if (kind !== '-') newRemaining--;
    hunk.lines.push({ kind, text: line.slice(columns) });
  }
  return { hunk, end: lineIndex, isIncomplete: newRemaining > 0 || (columns === 1 && oldRemaining > 0) };
}

const HEADERS = [
  'diff --git',
  'diff --cc',
  'diff --combined',
  'diff',
  'old mode',
  'new mode',
  'deleted file mode',
  'new file mode',
  'rename from',
  'rename to',
  'copy from',
  'copy to',
  'similarity index',
  'dissimilarity index',
  'index',
  '---',
  '+++',
  'Binary files',
  'GIT binary patch',
  'Index:',
  '===================================================================',
];

/** Interprets the lines before the first hunk. `usedLines`: how many of them belong to the diff. */
function parseHeaders(header: readonly string[]): { name: string; notes: string[]; usedLines: number } {
  const headers = new Map<string, string>();
  let usedLines = 0;
  header.forEach((line, i) => {
    const key = HEADERS.find((start) => line === start || line.startsWith(`${start} `));
    if (key === undefined) return;
    usedLines = i + 1;
    headers.set(key, line.slice(key.length + 1));
  });
  const hasHeader = (key: string) => headers.has(key);
  const { before, after } = namesOf(headers);
  const from = headers.get('rename from') ?? headers.get('copy from');
  const notes = [
    hasHeader('new file mode') || before === null ? 'new' : '',
    hasHeader('deleted file mode') || after === null ? 'deleted' : '',
    hasHeader('rename from') ? 'renamed' : '',
    hasHeader('copy from') ? 'copied' : '',
    hasHeader('new mode') ? `mode ${headers.get('old mode')} → ${headers.get('new mode')}` : '',
    hasHeader('Binary files') || hasHeader('GIT binary patch') ? 'binary' : '',
  ].filter(Boolean);
  const name = after ?? before ?? 'a file without a name';
  return { name: from === undefined ? name : `${cleanName(from)} → ${name}`, notes, usedLines };
}

/** The names before and after: null for /dev/null, undefined if missing. */
function namesOf(headers: ReadonlyMap<string, string>) {
  const gitLine = (headers.get('diff --git') ?? '').slice(0, 4096);
  // `a/name b/name`, or other prefixes with `diff.mnemonicPrefix`; without prefixes both names are equal.
  const prefixed = headers.has('diff --cc') || headers.has('diff --combined') || PREFIXED.test(gitLine);
  const clean = (name: string | undefined) => {
    const plain = name === undefined ? undefined : cleanName(name);
    return prefixed ? plain?.replace(/^\w\//, '') : plain;
  };
  const named = { before: clean(headers.get('---')), after: clean(headers.get('+++')) };
  if (named.before !== undefined || named.after !== undefined) {
    const orNull = (name: string | undefined) => (name === '/dev/null' ? null : name);
    return { before: orNull(named.before), after: orNull(named.after) };
  }
  // Without hunks there are no `---` and `+++` lines: take the name that `diff --git` repeats, or `rename to`.
  const repeatedName = /^"?(?:\w\/)?(.*?)"? "?(?:\w\/)?\1"?$/.exec(gitLine)?.[1];
  const otherName = headers.get('diff --cc') ?? headers.get('diff --combined') ?? headers.get('Index:');
  const name =
    cleanName(headers.get('rename to') ?? headers.get('copy to') ?? repeatedName ?? otherName ?? gitLine) || undefined;
  return { before: name, after: name };
}

const PREFIXED = /^"?([a-z1])\/.* "?(?!\1)[a-z2]\//;

/** The name in a `---` or `+++` line. */
function cleanName(name: string): string {
  // A tab separates the name from the file's time.
  const unquoted = name.split('\t')[0]?.trimEnd() ?? '';
  return /^".*"$/.test(unquoted) ? unquote(unquoted.slice(1, -1)) : unquoted;
}

/** Decodes a name quoted by git: octal bytes and C escapes. */
function unquote(name: string): string {
  const bytes: number[] = [];
  const escapes: Record<string, number> = { n: 10, t: 9, r: 13, a: 7, b: 8, v: 11, f: 12 };
  for (const [, octal, escaped, plain] of name.matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gs)) {
    if (octal) bytes.push(Number.parseInt(octal, 8) & 255);
    else if (escaped) bytes.push(escapes[escaped] ?? escaped.charCodeAt(0));
    else bytes.push(...new TextEncoder().encode(plain));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
