import { parse, TomlError } from 'smol-toml';
import { normalizeReason, openConverted, type TextFault } from '../../../shared/kit/tree/open-converted.ts';
import type { OpenedTree } from '../../../shared/kit/tree/open-json.ts';

/** How often less of a broken text is tried. */
const TRIES = 12;

/** Opens TOML 1.0. What is wrong is told; the tree has what stands before it. */
export function openToml(bytes: Uint8Array): OpenedTree {
  const text = new TextDecoder().decode(bytes);
  let fault: TextFault | undefined;
  let good = text;
  for (let i = 0; i < TRIES; i++) {
    try {
      const value = parse(good, { integersAsBigInt: true });
      return openConverted(written(value), bytes, text, fault);
    } catch (error) {
      if (!(error instanceof TomlError)) throw error;
      const line = startOfLine(good, error.line);
      // The parser quotes the place below its first line.
      const reason = normalizeReason(error.message.replace(/^Invalid TOML document: /, ''));
      fault ??= { offset: Math.min(line + error.column - 1, text.length), reason };
      // What is before that line; where that is not whole either, what is before the table that it stands in.
      good = text.slice(0, i % 2 === 0 ? line : Math.max(0, good.lastIndexOf('\n[')));
    }
  }
  return openConverted('{}', bytes, text, fault);
}

function startOfLine(text: string, line: number): number {
  let at = 0;
  for (let i = 1; i < line; i++) {
    const next = text.indexOf('\n', at);
    if (next < 0) break;
    at = next + 1;
  }
  return at;
}

/** A value as JSON: large integers as they are, and as text what JSON has not. */
function written(value: unknown): string {
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : JSON.stringify(String(value));
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${written(member)}`);
  return `{${members.join(',')}}`;
}
