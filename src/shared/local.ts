import * as v from 'valibot';
import { WpError } from './errors.ts';

/** The version of `local` that this webpipe writes, and the only one that it reads. */
const VERSION = 1;

const path = v.pipe(v.string(), v.maxLength(4096));

const schema = v.object({
  version: v.literal(VERSION),
  spoolItem: v.optional(path),
  detectedType: v.optional(v.pipe(v.string(), v.maxLength(64))),
  copying: v.optional(v.literal(true)),
  replace: v.optional(v.literal(true)),
});

/**
 * Facts that one stage passes to the next one on the same machine, in addition to the record. In a pipe between two
 * processes it is the field `local` of the record, with a version; no other field is local. A record of a
 * foreign sender never has it.
 */
export interface LocalFacts {
  /** The absolute path of the directory in which an earlier stage stores this file until the entry is acknowledged. */
  readonly spoolItem?: string | undefined;
  /**
   * The type detected from the first bytes, if it is more specific than the record's `type`. It decides the renderer.
   */
  readonly detectedType?: string | undefined;
  /** The original is still being copied. The entry is sent again when the copy is complete. */
  readonly copying?: true | undefined;
  /** The entry may be in the scroll already with an incomplete original: this page replaces the one there. */
  readonly replace?: true | undefined;
}

/**
 * Reads the field `local` of a record from a stage on this machine.
 * @throws WpError 'record' for another version or a field of the wrong type
 */
export function parseLocal(value: unknown): LocalFacts {
  const result = v.safeParse(schema, value);
  if (result.success) {
    const { version: _, ...facts } = result.output;
    return facts;
  }
  throw new WpError(
    'record',
    `"local" is not what this webpipe writes (version ${VERSION})`,
    'run all stages of a pipe with the same webpipe',
  );
}

/** The field `local` for these facts, or undefined if there are none. */
export function formatLocal(facts: LocalFacts | undefined): object | undefined {
  if (!facts || Object.values(facts).every((fact) => fact === undefined)) return undefined;
  return { version: VERSION, ...facts };
}
