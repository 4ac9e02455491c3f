import { escapeHtml } from '../../../shared/kit/page/shell.ts';
import { textHtml } from '../../../shared/kit/text/charset.ts';
import { plural } from '../../../shared/kit/text/numbers.ts';
import type { DiffLine, FileDiff, Hunk } from './parse.ts';
import { markHtml, type Range, wordChanges } from './words.ts';

/** Lines of source as HTML, one for each line, or undefined where they are to be shown as they are. */
export type PaintLines = (lines: readonly string[]) => readonly string[] | undefined;

/** The diff of one file as HTML; `number` makes its id. Everything in it is escaped. */
export function fileHtml(file: FileDiff, number: number, paint?: PaintLines, cut = false): string {
  const notes = file.notes.map((note) => `<span class="tag">${escapeHtml(note)}</span>`).join('');
  const problem = file.problem ? `<p class="bad">${escapeHtml(file.problem)}</p>` : '';
  const end = cut ? '<p class="note">The diff of this file goes on.</p>' : '';
  return `<details class="file" id="file-${number}" open><summary><b>${textHtml(file.name)}</b>${notes}${ofFile(file)}</summary>${problem}${file.hunks.map((hunk) => hunkHtml(hunk, paint)).join('')}${end}</details>${file.after ? aroundHtml(file.after) : ''}`;
}

/** A line in the list of files. */
export function entryHtml(file: FileDiff, number: number): string {
  return `<li><a href="#file-${number}">${textHtml(file.name)}</a>${ofFile(file)}</li>`;
}

/** Text around diffs: a message of a commit, the head of a mail. */
export function aroundHtml(text: string): string {
  return `<pre class="around">\n${textHtml(text)}</pre>`;
}

/** `2 files, +3 −1`. */
export function sumHtml(files: readonly FileDiff[]): string {
  const sum = (key: 'added' | 'removed') => files.reduce((total, file) => total + file[key], 0);
  return `${plural(files.length, 'file')}${countsHtml({ added: sum('added'), removed: sum('removed') })}`;
}

/** Nothing where no lines are told: binary files, changes of mode. */
function ofFile(file: FileDiff): string {
  return file.hunks.length > 0 ? countsHtml(file) : '';
}

function countsHtml({ added, removed }: { added: number; removed: number }): string {
  return ` <span class="plus">+${added}</span> <span class="minus">−${removed}</span>`;
}

function hunkHtml(hunk: Hunk, paint: PaintLines | undefined): string {
  const { lines, oldStart, newStart, section } = hunk;
  const side = (kind: '-' | '+') => {
    const own = lines.filter((line) => line.kind === kind || line.kind === ' ');
    const painted = paint?.(own.map((line) => line.text));
    return new Map(own.map((line, i) => [line, painted?.[i] ?? textHtml(line.text)]));
  };
  const [old, now] = [side('-'), side('+')];
  const marks = marksOf(lines);
  const rows = lines.map((line) => {
    const html = (line.kind === '-' ? old : now).get(line) ?? '';
    const bare = line.bare ? '<i></i>' : '';
    return `<div class="${CLASSES[line.kind]}">${markHtml(html, marks.get(line) ?? [])}${bare}</div>`;
  });
  const range = `@@ −${oldStart} +${newStart}`;
  return `<div class="at">${range} ${textHtml(section)}</div><div class="hunk" style="counter-reset:o ${oldStart - 1} n ${newStart - 1}">${rows.join('')}</div>`;
}

/** In the old file, in the new one, in both. */
const CLASSES = { '-': 'o', '+': 'n', ' ': 'c' } as const;

/** How far a line is looked for among those that replaced it, where there are more or fewer of them. */
const NEAR = 6;

/** Word by word, what has changed in lines that were replaced by others like them. */
function marksOf(lines: readonly DiffLine[]): Map<DiffLine, readonly Range[]> {
  const marks = new Map<DiffLine, readonly Range[]>();
  for (let at = 0; at < lines.length; ) {
    const olds = runOf(lines, at, '-');
    const news = runOf(lines, at + olds.length, '+');
    let next = 0;
    olds.forEach((old, i) => {
      if (old.text.trim() === '') return;
      const candidates = olds.length === news.length ? news.slice(i, i + 1) : news.slice(next, next + NEAR);
      for (const now of candidates) {
        const changes = wordChanges(old.text, now.text);
        if (!changes) continue;
        marks.set(old, changes.old);
        marks.set(now, changes.new);
        next = news.indexOf(now) + 1;
        return;
      }
    });
    at += olds.length + news.length || 1;
  }
  return marks;
}

function runOf(lines: readonly DiffLine[], from: number, kind: string): DiffLine[] {
  let to = from;
  while (lines[to]?.kind === kind) to++;
  return lines.slice(from, to);
}
