/**
 * Unified diffs as diff(1), git and others write them; also git's combined diffs of merges (`@@@`).
 * https://git-scm.com/docs/diff-format and https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
 */

export interface DiffLine {
  /** `-` is in the old file, `+` in the new one, a space in both. */
  readonly kind: ' ' | '-' | '+';
  readonly text: string;
  /** No line end follows it in its file. */
  bare?: boolean;
}

export interface Hunk {
  /** Numbers of its first lines. */
  readonly oldStart: number;
  readonly newStart: number;
  /** What stands behind the second `@@`: the function that it is in. */
  readonly section: string;
  readonly lines: DiffLine[];
}

export interface FileDiff {
  /** Its name; `old → new` where it was renamed. */
  readonly name: string;
  /** What became of it besides its lines, in words: `new`, `deleted`, `renamed`, `mode 100755`, `binary`. */
  readonly notes: readonly string[];
  readonly hunks: readonly Hunk[];
  readonly added: number;
  readonly removed: number;
  /** Text behind it that belongs to no diff: the end of a mail, the message of the next commit. */
  readonly after: string;
  /** What is wrong with it, one sentence. */
  readonly problem?: string;
}

/** Offsets where the diffs of files begin, in a patch as Latin-1 (so that they are bytes). */
export function fileStarts(latin1: string): number[] {
  const pattern = /^diff (?:--|-\w)/m.test(latin1) ? /^diff (?:--|-\w).*$/gm : /^--- .*\r?\n\+\+\+ /gm;
  return [...latin1.matchAll(pattern)].map((match) => match.index);
}

/** Reads the diff of one file. `cut`: its end may be missing, and that is no fault. */
export function parseFile(text: string, cut = false): FileDiff {
  // Where the patch itself has such line ends they are not of the files; else a line that ends so shows it, as git does.
  const crlf = /^@@.*\r$/m.test(text) || !/^@@/m.test(text);
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) + (crlf ? '' : '^M') : line));
  if (lines.at(-1) === '') lines.pop();
  const first = lines.findIndex((line) => HUNK.test(line));
  const header = lines.slice(0, first < 0 ? lines.length : first);
  const hunks: Hunk[] = [];
  let problem: string | undefined;
  let at = header.length;
  for (let match = HUNK.exec(lines[at] ?? ''); match; match = HUNK.exec(lines[at] ?? '')) {
    const { hunk, end, left } = parseHunk(match, lines, at + 1);
    hunks.push(hunk);
    at = end;
    if (left && !(cut && at >= lines.length))
      problem ??= `Line ${at + 1} of this diff is not what its hunk announces (${match[0].trim()}).`;
  }
  const all = hunks.flatMap((hunk) => hunk.lines);
  const count = (kind: string) => all.filter((line) => line.kind === kind).length;
  const { name, notes, used } = describe(header);
  const after = hunks.length > 0 ? lines.slice(at) : header.slice(used);
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
  const [, more = '', olds = '', start = '', count = '1', section = ''] = match;
  const columns = more.length + 1;
  const [first = '-0'] = olds.split(' ');
  const [oldStart = '0', oldCount = '1'] = first.slice(1).split(',');
  let oldLeft = Number(oldCount);
  let newLeft = Number(count);
  const hunk: Hunk = { oldStart: Number(oldStart), newStart: Number(start), section, lines: [] };
  let at = from;
  for (; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const signs = line.slice(0, columns);
    if (signs.startsWith('\\')) {
      const last = hunk.lines.at(-1);
      if (last) last.bare = true;
      continue;
    }
    // In a combined diff the lines of several parents come together, so only those of the result are counted.
    if (newLeft <= 0 && (columns > 1 ? !/^[ ]*-/.test(signs) : oldLeft <= 0)) break;
    if (!/^[-+ ]*$/.test(signs)) break;
    const kind = signs.includes('-') ? '-' : signs.includes('+') ? '+' : ' ';
    if (kind !== '+') oldLeft--;
    if (kind !== '-') newLeft--;
    hunk.lines.push({ kind, text: line.slice(columns) });
  }
  return { hunk, end: at, left: newLeft > 0 || (columns === 1 && oldLeft > 0) };
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

/** What the lines before the first hunk say; `used`: how many of them are of the diff. */
function describe(header: readonly string[]): { name: string; notes: string[]; used: number } {
  const found = new Map<string, string>();
  let used = 0;
  header.forEach((line, i) => {
    const key = HEADERS.find((start) => line === start || line.startsWith(`${start} `));
    if (key === undefined) return;
    used = i + 1;
    found.set(key, line.slice(key.length + 1));
  });
  const has = (key: string) => found.has(key);
  const { before, after } = namesOf(found);
  const from = found.get('rename from') ?? found.get('copy from');
  const notes = [
    has('new file mode') || before === null ? 'new' : '',
    has('deleted file mode') || after === null ? 'deleted' : '',
    has('rename from') ? 'renamed' : '',
    has('copy from') ? 'copied' : '',
    has('new mode') ? `mode ${found.get('old mode')} → ${found.get('new mode')}` : '',
    has('Binary files') || has('GIT binary patch') ? 'binary' : '',
  ].filter(Boolean);
  const name = after ?? before ?? 'a file without a name';
  return { name: from === undefined ? name : `${cleanName(from)} → ${name}`, notes, used };
}

/** The names of both files: null for /dev/null, undefined where none is said. */
function namesOf(found: ReadonlyMap<string, string>) {
  const git = (found.get('diff --git') ?? '').slice(0, 4096);
  // `a/name b/name`, or other letters where git was asked for them; without prefixes both are the same.
  const prefixed = found.has('diff --cc') || found.has('diff --combined') || PREFIXED.test(git);
  const clean = (name: string | undefined) => {
    const plain = name === undefined ? undefined : cleanName(name);
    return prefixed ? plain?.replace(/^\w\//, '') : plain;
  };
  const named = { before: clean(found.get('---')), after: clean(found.get('+++')) };
  if (named.before !== undefined || named.after !== undefined) {
    const orNull = (name: string | undefined) => (name === '/dev/null' ? null : name);
    return { before: orNull(named.before), after: orNull(named.after) };
  }
  // Without lines there are no names below; in this line it is twice the same, or told by `rename to`.
  const twice = /^"?(?:\w\/)?(.*?)"? "?(?:\w\/)?\1"?$/.exec(git)?.[1];
  const alone = found.get('diff --cc') ?? found.get('diff --combined') ?? found.get('Index:');
  const name = cleanName(found.get('rename to') ?? found.get('copy to') ?? twice ?? alone ?? git) || undefined;
  return { before: name, after: name };
}

const PREFIXED = /^"?([a-z1])\/.* "?(?!\1)[a-z2]\//;

/** A name as it stands behind `---` or `+++`. */
function cleanName(name: string): string {
  // Behind a tab the time of the file stands.
  const bare = name.split('\t')[0]?.trimEnd() ?? '';
  return /^".*"$/.test(bare) ? unquote(bare.slice(1, -1)) : bare;
}

/** A name that git has put in quotes: bytes as octal numbers, and what C has escapes for. */
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
