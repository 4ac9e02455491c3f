import { parse, TomlError } from 'smol-toml';
import { normalizeReason, openConverted, type TextFault } from '../../../shared/kit/tree/open-converted.ts';
import type { OpenedTree } from '../../../shared/kit/tree/open-json.ts';

/** Number of attempts to parse a shorter part of an invalid text. */
const MAX_ATTEMPTS = 12;

/** Opens TOML 1.0 as a tree. The tree of an invalid text contains the part before the error. */
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
      const line = startOfLine(validText, error.line);
      // The message quotes the source below its first line.
      const reason = normalizeReason(error.message.replace(/^Invalid TOML document: /, ''));
      fault ??= { offset: Math.min(line + error.column - 1, text.length), reason };
      // Try the text before the line of the error and, if that is invalid too, the text before its table.
      validText = text.slice(0, i % 2 === 0 ? line : Math.max(0, validText.lastIndexOf('\n[')));
    }
  }
  return openConverted('{}', bytes, text, fault);
}

function startOfLine(text: string, line: number): number {
  let offset = 0;
  for (let i = 1; i < line; i++) {
    const next = text.indexOf('\n', offset);
    if (next < 0) break;
    offset = next + 1;
  }
  return offset;
}

/** A value as JSON, with exact integers. Values that JSON does not have become text. */
function toJson(value: unknown): string {
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : JSON.stringify(String(value));
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${toJson(member)}`);
  return `{${members.join(',')}}`;
}
