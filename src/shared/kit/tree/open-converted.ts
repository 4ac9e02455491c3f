import { bomLength } from '../text/charset.ts';
import { openDocument } from './json-document.ts';
import { locateFault, type OpenedTree } from './open-json.ts';

/** A syntax error at an offset in UTF-16 code units, as parsers count. */
export interface TextFault {
  readonly offset: number;
  readonly reason: string;
}

/**
 * Opens a text of another format that was converted to JSON.
 * @param json the conversion; objects may have duplicate keys
 * @param bytes the original in UTF-8
 * @param text the original as a string, which `fault` refers to
 */
export function openConverted(
  json: string,
  bytes: Uint8Array,
  text: string,
  fault: TextFault | undefined,
  about?: string,
): OpenedTree {
  const offset = fault && new TextEncoder().encode(text.slice(0, fault.offset)).length + bomLength(bytes);
  return {
    document: openDocument(new TextEncoder().encode(json), false),
    depth: 0,
    ...(fault && offset !== undefined && { problem: locateFault(bytes, { offset, reason: fault.reason }) }),
    ...(about && { description: about }),
  };
}

/** Rewrites a parser's message for use after a colon: one line, lower case, without a full stop. */
export function normalizeReason(message: string): string {
  const line = message.split('\n')[0]?.trim().replace(/\.$/, '') ?? '';
  return /^[A-Z][a-z]/.test(line) ? line.charAt(0).toLowerCase() + line.slice(1) : line;
}
