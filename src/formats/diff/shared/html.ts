import { escapeHtml } from '../../../shared/kit/page/shell.ts';
import { textHtml } from '../../../shared/kit/text/charset.ts';
import { plural } from '../../../shared/kit/text/numbers.ts';
import type { DiffLine, FileDiff, Hunk } from './unified-diff.ts';
import { markHtml, type Range, wordChanges } from './word-changes.ts';

/** Converts source lines to HTML with syntax colours, one string per line. Returns undefined if it cannot. */
export type PaintLines = (lines: readonly string[]) => readonly string[] | undefined;

/** The diff of one file as HTML, with the id `file-NUMBER`. All text from the patch is escaped. */
export function fileHtml(file: FileDiff, number: number, paint?: PaintLines, isCut = false): string {
  const notes = file.notes.map((note) => `<span class="tag">${escapeHtml(note)}</span>`).join('');
  const problem = file.problem ? `<p class="bad">${escapeHtml(file.problem)}</p>` : '';
  const end = isCut ? '<p class="note">The rest of the diff of this file is not shown.</p>' : '';
  const summary = `<summary><b>${textHtml(file.name)}</b>${notes}${fileCountsHtml(file)}</summary>`;
  const hunks = file.hunks.map((hunk) => hunkHtml(hunk, paint)).join('');
  const details = `<details class="file" id="file-${number}" open>${summary}${problem}${hunks}${end}</details>`;
  return details + (file.after ? surroundingHtml(file.after) : '');
}

/** An item of the list of files. */
export function entryHtml(file: FileDiff, number: number): string {
  return `<li><a href="#file-${number}">${textHtml(file.name)}</a>${fileCountsHtml(file)}</li>`;
}

/** Text before or after a diff, such as a commit message or the headers of a mail. */
export function surroundingHtml(text: string): string {
  return `<pre class="around">\n${textHtml(text)}</pre>`;
}

/** `2 files, +3 −1`. */
export function sumHtml(files: readonly FileDiff[]): string {
  const sum = (key: 'added' | 'removed') => files.reduce((total, file) => total + file[key], 0);
  return `${plural(files.length, 'file')}${countsHtml({ added: sum('added'), removed: sum('removed') })}`;
}

/** Counts of changed lines; empty for files without hunks, such as binary files and changes of mode. */
function fileCountsHtml(file: FileDiff): string {
  return file.hunks.length > 0 ? countsHtml(file) : '';
}

function countsHtml({ added, removed }: { added: number; removed: number }): string {
  return ` <span class="plus">+${added}</span> <span class="minus">−${removed}</span>`;
}

function hunkHtml(hunk: Hunk, paint: PaintLines | undefined): string {
  const { lines, oldStart, newStart, section } = hunk;
  const side = (kind: '-' | '+') => {
    const sideLines = lines.filter((line) => line.kind === kind || line.kind === ' ');
    const painted = paint?.(sideLines.map((line) => line.text));
    return new Map(sideLines.map((line, i) => [line, painted?.[i] ?? textHtml(line.text)]));
  };
  const [oldHtml, newHtml] = [side('-'), side('+')];
  const marks = markedWords(lines);
  const rows = lines.map((line) => {
    const html = (line.kind === '-' ? oldHtml : newHtml).get(line) ?? '';
    const noNewline = line.noNewline ? '<i></i>' : '';
    return `<div class="${CLASSES[line.kind]}">${markHtml(html, marks.get(line) ?? [])}${noNewline}</div>`;
  });
  const range = `@@ −${oldStart} +${newStart}`;
  const counters = `counter-reset:o ${oldStart - 1} n ${newStart - 1}`;
  return `<div class="at">${range} ${textHtml(section)}</div><div class="hunk" style="${counters}">${rows.join('')}</div>`;
}

/** CSS classes of removed, added and common lines: old, new, common. */
const CLASSES = { '-': 'o', '+': 'n', ' ': 'c' } as const;

/** The number of added lines that each removed line is compared with if there are more or fewer of them. */
const MAX_CANDIDATES = 6;

/** Changed words in each pair of a removed line and the similar line that replaced it. */
function markedWords(lines: readonly DiffLine[]): Map<DiffLine, readonly Range[]> {
  const marks = new Map<DiffLine, readonly Range[]>();
  for (let lineIndex = 0; lineIndex < lines.length; ) {
    const removedLines = runOf(lines, lineIndex, '-');
    const addedLines = runOf(lines, lineIndex + removedLines.length, '+');
    let nextCandidate = 0;
    removedLines.forEach((removed, i) => {
      if (removed.text.trim() === '') return;
      const candidates =
        removedLines.length === addedLines.length
          ? addedLines.slice(i, i + 1)
          : addedLines.slice(nextCandidate, nextCandidate + MAX_CANDIDATES);
      for (const added of candidates) {
        const changes = wordChanges(removed.text, added.text);
        if (!changes) continue;
        marks.set(removed, changes.old);
        marks.set(added, changes.new);
        nextCandidate = addedLines.indexOf(added) + 1;
        return;
      }
    });
    lineIndex += removedLines.length + addedLines.length || 1;
  }
  return marks;
}

function runOf(lines: readonly DiffLine[], from: number, kind: string): DiffLine[] {
  let to = from;
  while (lines[to]?.kind === kind) to++;
  return lines.slice(from, to);
}
