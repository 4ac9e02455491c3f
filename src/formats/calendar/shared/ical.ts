/** Reads iCalendar (RFC 5545) into components and properties; what they mean is read in `events.ts`. */

import type { Problem } from '../../../shared/kit/page/problems.ts';

export interface Property {
  /** In upper case. */
  readonly name: string;
  /** Parameters by name in upper case, without quotes: `TZID`, `VALUE`, `CN`. */
  readonly params: Readonly<Record<string, string>>;
  /** As written; text is unescaped with `textOf`. */
  readonly value: string;
  /** The line it begins on, from 1. */
  readonly line: number;
}

export interface Component {
  /** `VCALENDAR`, `VEVENT`, … */
  readonly name: string;
  readonly properties: readonly Property[];
  readonly components: readonly Component[];
  readonly line: number;
}

/**
 * Parses a calendar, or the beginning of one. Never throws: lines that are no property and components that have no end are
 * reported.
 * @returns the components on the outermost level, usually one VCALENDAR
 */
export function parseCalendar(text: string): { components: Component[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const top: MutableComponent = { name: '', properties: [], components: [], line: 0 };
  const open = [top];
  for (const { content, line } of unfold(text)) {
    const property = propertyOf(content, line);
    const parent = open[open.length - 1] ?? top;
    if (!property) problems.push({ line, message: `not a property: "${excerpt(content)}"` });
    else if (property.name === 'BEGIN') {
      const component = { name: property.value.trim().toUpperCase(), properties: [], components: [], line };
      parent.components.push(component);
      open.push(component);
    } else if (property.name === 'END') {
      const at = open.findLastIndex(({ name }) => name === property.value.trim().toUpperCase());
      if (at < 1) problems.push({ line, message: `an end without a beginning: ${excerpt(property.value)}` });
      else open.length = at;
    } else parent.properties.push(property);
  }
  for (const { name, line } of open.slice(1)) problems.push({ line, message: `${name} has no end` });
  return { components: top.components, problems };
}

interface MutableComponent extends Component {
  readonly properties: Property[];
  readonly components: MutableComponent[];
}

/** The value of the first property of that name. */
export function firstValue(component: Component, name: string): string | undefined {
  return component.properties.find((property) => property.name === name)?.value;
}

/** A value of type TEXT without its escapes. */
export function textOf(value: string): string {
  return value.replace(/\\([\\;,nN])/g, (_, char: string) => (char === 'n' || char === 'N' ? '\n' : char));
}

/** Content lines: a line that begins with white space continues the one before it. */
function* unfold(text: string): Generator<{ content: string; line: number }> {
  let content = '';
  let line = 0;
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  for (const [i, each] of lines.entries()) {
    if (/^[ \t]/.test(each) && line > 0) content += each.slice(1);
    else {
      if (content.trim() !== '') yield { content, line };
      content = each;
      line = i + 1;
    }
  }
  if (content.trim() !== '') yield { content, line };
}

const PARAMETER = /;([\w-]+)=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)/y;

function propertyOf(content: string, line: number): Property | undefined {
  const name = /^[\w-]+/.exec(content)?.[0];
  if (!name) return undefined;
  const params: Record<string, string> = {};
  PARAMETER.lastIndex = name.length;
  let end = name.length;
  for (let match = PARAMETER.exec(content); match; match = PARAMETER.exec(content)) {
    const [, key = '', value = ''] = match;
    params[key.toUpperCase()] = value.replaceAll('"', '');
    end = PARAMETER.lastIndex;
  }
  if (content[end] !== ':') return undefined;
  return { name: name.toUpperCase(), params, value: content.slice(end + 1), line };
}

function excerpt(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
