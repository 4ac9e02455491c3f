import { bomLength } from '../text/charset.ts';
import { openDocument } from './json-document.ts';
import { locateFault, type OpenedTree } from './open-json.ts';

/** A place in a text, counted in UTF-16 units as parsers count, and what is wrong there. */
export interface TextFault {
  readonly offset: number;
  readonly reason: string;
}

/**
 * A text of another format as a tree: `json` is what was made of it, as JSON, whose objects may have the same key
 * twice. `bytes` and `text` are the original, in which the fault lies.
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

/** A sentence of a parser as we put it behind a colon: one line, no full stop, a small letter first. */
export function normalizeReason(message: string): string {
  const line = message.split('\n')[0]?.trim().replace(/\.$/, '') ?? '';
  return /^[A-Z][a-z]/.test(line) ? line.charAt(0).toLowerCase() + line.slice(1) : line;
}
