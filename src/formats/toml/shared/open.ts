import { parse, TomlError } from 'smol-toml';
import { normalizeReason, openConverted, type TextFault } from '../../../shared/kit/tree/open-converted.ts';
import type { OpenedTree } from '../../../shared/kit/tree/open-json.ts';

/** Largest number of attempts to parse a shorter part of an invalid text. */
const MAX_ATTEMPTS = 12;

/** Opens TOML 1.0 as a tree. The tree of an invalid text contains a part of the text before the first error. */
export function openToml(bytes: Uint8Array): OpenedTree {
  const text = new TextDecoder().decode(bytes);
  let fault: TextFault | undefined;
  let validText = text;
  for (let i = 0; i < MAX_ATTEMPTS; i++) {
    try {
      const value = parse(validText, { integersAsBigInt: true });
      return openConverted(toJson(value), bytes, text, fault);
    } catch (error) {
      if (!(error instanceof TomlError)) throw error;
      const lineStart = startOfLine(validText, error.line);
      // After its first line, the message quotes the source.
      const reason = normalizeReason(error.message.replace(/^Invalid TOML document: /, ''));
      fault ??= { offset: Math.min(lineStart + error.column - 1, text.length), reason };
      // Parse the text before the line with the error and, if that fails, the text before the last table.
      validText = text.slice(0, i % 2 === 0 ? lineStart : Math.max(0, validText.lastIndexOf('\n[')));
    }
  }
  return openConverted('{}', bytes, text, fault);
}

/** The offset of a line, counted from 1. */
function startOfLine(text: string, line: number): number {
  let offset = 0;
  for (let i = 1; i < line; i++) {
    const next = text.indexOf('\n', offset);
    if (next < 0) break;
    offset = next + 1;
  }
  return offset;
}

/** Converts a value to JSON. Integers remain exact; dates and non-finite numbers become strings. */
function toJson(value: unknown): string {
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : JSON.stringify(String(value));
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${toJson(member)}`);
  return `{${members.join(',')}}`;
}
