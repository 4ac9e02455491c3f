import { markLength } from '../text/charset.ts';
import { openDocument } from './json-document.ts';
import { type Loaded, problemOf } from './open-json.ts';

/** A place in a text, counted in UTF-16 units as parsers count, and what is wrong there. */
export interface TextFault {
  readonly at: number;
  readonly reason: string;
}

/**
 * A text of another format as a tree: `json` is what was made of it, as JSON, whose objects may have the same key
 * twice. `bytes` and `text` are the original, in which the fault lies.
 */
export function openMade(
  json: string,
  bytes: Uint8Array,
  text: string,
  fault: TextFault | undefined,
  about?: string,
): Loaded {
  const offset = fault && new TextEncoder().encode(text.slice(0, fault.at)).length + markLength(bytes);
  return {
    document: openDocument(new TextEncoder().encode(json), false),
    depth: 0,
    ...(fault && offset !== undefined && { problem: problemOf(bytes, { offset, reason: fault.reason }) }),
    ...(about && { about }),
  };
}

/** A sentence of a parser as we put it behind a colon: one line, no full stop, a small letter first. */
export function reasonOf(message: string): string {
  const line = message.split('\n')[0]?.trim().replace(/\.$/, '') ?? '';
  return /^[A-Z][a-z]/.test(line) ? line.charAt(0).toLowerCase() + line.slice(1) : line;
}
