import { count, plural } from '../text/numbers.ts';
import { escapeHtml } from './shell.ts';

/** A line of a text file that could not be parsed. */
export interface Problem {
  /** Line number, from 1. */
  readonly line: number;
  /** What is wrong, without the line number and without a full stop. */
  readonly message: string;
}

const MAX_PROBLEMS = 50;

/** A collapsed list of problems as HTML; empty if there are none. */
export function problemsHtml(problems: readonly Problem[]): string {
  if (problems.length === 0) return '';
  const items = problems
    .slice(0, MAX_PROBLEMS)
    .map(({ line, message }) => `<li>Line ${count(line)}: ${escapeHtml(message)}</li>`);
  if (problems.length > MAX_PROBLEMS) items.push(`<li>${count(problems.length - MAX_PROBLEMS)} more</li>`);
  return `<details class="note"><summary class="bad">${plural(problems.length, 'problem')}</summary><ul>${items.join('')}</ul></details>`;
}
