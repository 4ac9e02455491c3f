/** Finds times and severity levels in the lines of a log. */

/** The severity of a line: error, warning, information, debugging; `n` for none. */
export type Level = 'e' | 'w' | 'i' | 'd' | 'n';

const CLOCK = String.raw`\d\d:\d\d:\d\d(?:[.,]\d+)?`;
const MONTH = '[A-Z][a-z]{2}';
/**
 * Common time formats. At the beginning of a line: 2024-01-31T12:00:00.123Z, 2024/01/31 12:00:00, Jan 31 12:00:00,
 * Wed Jan 31 12:00:00 2024, 12:00:00.123, `I0131 12:00:00.123` (glog), `[   12.345678]` (Linux kernel); after a client
 * address, [31/Jan/2024:12:00:00 +0000]; as a field, time="2024-01-31T12:00:00Z".
 */
const TIME = new RegExp(
  String.raw`^(?:(?:\{|\S+ )?"?(?:time|ts|timestamp|@timestamp|asctime)"?[=:] ?"?)?(\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ]${CLOCK}(?:Z| ?[+-]\d\d:?\d\d)?|(?:${MONTH} )?${MONTH} [ \d]\d ${CLOCK}(?: \d{4})?|[IWEFD]\d{4} ${CLOCK}|${CLOCK}|\d\d\/${MONTH}\/\d{4}:${CLOCK} [+-]\d{4}|(?<=\[) *\d+\.\d{6})\]?)|^\S{1,60} \S{1,60} \S{1,60} (\[\d\d\/${MONTH}\/\d{4}:${CLOCK} [+-]\d{4}\])`,
);

const WORDS: Readonly<Record<Exclude<Level, 'n'>, string>> = {
  e: 'fatal critical crit severe panic emerg emergency alert error err',
  w: 'warning warn',
  i: 'notice info information',
  d: 'debug trace verbose fine finer finest',
};
const LEVELS = new Map(
  Object.entries(WORDS).flatMap(([level, words]) => words.split(' ').map((word) => [word, level as Level])),
);
const UPPER = [...LEVELS.keys()].join('|').toUpperCase();
const UPPER_OR_LOWER = [...LEVELS.keys()]
  .map((word) => `[${word[0]}${word[0]?.toUpperCase()}]${word.slice(1)}`)
  .join('|');
/**
 * A level: a word in capitals; a word in any case as a field, in brackets, or before a colon; the numeric levels of pino;
 * the letter of glog; an HTTP status.
 */
const LEVEL = new RegExp(
  String.raw`\b(${UPPER})\b|(?:\b(?:level|lvl|severity|levelname|log\.level)"?[=:] ?"?|[[<(])(${UPPER_OR_LOWER})\b|\b([Ee]rror|[Ww]arning|[Ff]atal|[Pp]anic)(?=: )|\blevel"?[=:] ?"?(\d\d)\b|^([IWEFD])\d{4} \d\d:|" ([1-5]\d\d) (?:\d+|-)(?: |$)`,
);
/** The level is searched for in this many characters: the message follows them. */
const SCANNED_CHARACTERS = 300;

interface LevelMatch {
  readonly level: Level;
  /** Start and end of the level in the line. */
  readonly from: number;
  readonly to: number;
}

/** The first level in a line. */
export function findLevel(line: string): LevelMatch | undefined {
  const match = LEVEL.exec(line.slice(0, SCANNED_CHARACTERS));
  if (!match) return undefined;
  const [all, capitals, field, before, number, letter, status] = match;
  const word = capitals ?? field ?? before ?? number ?? letter ?? status ?? '';
  const from = match.index + (letter ? 0 : all.lastIndexOf(word));
  return { level: levelOfWord(word, number, status), from, to: from + word.length };
}

function levelOfWord(word: string, number: string | undefined, status: string | undefined): Level {
  if (status) return status.startsWith('5') ? 'e' : status.startsWith('4') ? 'w' : 'i';
  // The numbers of pino and bunyan.
  if (number) return Number(number) >= 50 ? 'e' : Number(number) >= 40 ? 'w' : Number(number) >= 30 ? 'i' : 'd';
  const letters: Readonly<Record<string, Level>> = { F: 'e', E: 'e', W: 'w', I: 'i', D: 'd' };
  return LEVELS.get(word.toLowerCase()) ?? letters[word] ?? 'n';
}

/** Returns the level of each line in turn. A line with neither level nor time has the level of the line before it. */
export function levelTracker(): (line: string) => Level {
  let last: Level = 'n';
  return (line) => {
    const found = findLevel(line);
    if (found) last = found.level;
    else if (TIME.test(line)) last = 'n';
    return last;
  };
}

/** Start and end of the time that a line begins with, including brackets. */
export function findTime(line: string): { from: number; to: number } | undefined {
  const match = TIME.exec(line);
  const time = match?.[1] ?? match?.[2];
  if (!match || time === undefined) return undefined;
  const to = match[0].length;
  return { from: to - time.length, to };
}

/** The time that a line begins with, as written, without brackets. */
export function lineTime(line: string): string | undefined {
  const found = findTime(line);
  return found && line.slice(found.from, found.to).replace(/^\[ *|\]$/g, '');
}

/** Whether the beginning of a text looks like a log: most of its lines begin with a time. */
export function isLog(head: string): boolean {
  const lines = head
    .split(/\r?\n/)
    .slice(0, -1)
    .filter((line) => line.trim() !== '')
    .slice(0, 30);
  const times = lines.filter((line) => TIME.test(line)).length;
  return times >= 3 && times > lines.length * 0.6;
}
