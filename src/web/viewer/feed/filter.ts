import { anyCase } from '../../../shared/case.ts';
import type { Entry } from '../../../shared/entry.ts';

/** Returns whether an entry matches the text in the filter field. */
export type Filter = (entry: Entry) => boolean;

const FIELDS = ['type', 'host', 'name', 'status'] as const;
type Field = (typeof FIELDS)[number];

/**
 * Parses a filter: `type:png host:foo` match parts of those fields, other words match parts of the name, title, type or
 * host; all terms must match, in any case. Returns undefined for a line without terms.
 */
export function parseFilter(line: string): Filter | undefined {
  const tests = line
    .split(/\s+/)
    .map(parseTerm)
    .filter((test) => test !== undefined);
  return tests.length === 0 ? undefined : (entry) => tests.every((test) => test(entry));
}

function parseTerm(term: string): Filter | undefined {
  const colon = term.indexOf(':');
  const field = FIELDS.find((name) => name === term.slice(0, colon).toLowerCase());
  const text = field ? term.slice(colon + 1) : term;
  if (text === '') return undefined;
  const pattern = anyCase(text);
  return (entry) => pattern.test(field ? textOf(entry, field) : allOf(entry));
}

function textOf(entry: Entry, field: Field): string {
  return field === 'name' ? `${entry.name}\n${entry.title ?? ''}` : entry[field];
}

function allOf(entry: Entry): string {
  return `${entry.name}\n${entry.title ?? ''}\n${entry.type}\n${entry.host}`;
}
