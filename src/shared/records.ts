import * as v from 'valibot';
import { messageOf, WpError } from './errors.ts';

/** An id: 32 lower-case hex digits. */
const id = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, 'is not 32 hex digits'));
const label = v.pipe(v.string(), v.maxLength(4096));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** The number of bytes that follow the record. Records of every kind may have it. */
const length = v.optional(count);

const labels = {
  type: v.optional(v.pipe(v.string(), v.maxLength(64))),
  title: v.optional(label),
  host: v.optional(label),
  time: v.optional(v.pipe(v.string(), v.maxLength(64))),
};

const fileRecord = v.looseObject({
  kind: v.literal('file'),
  id: v.optional(id),
  path: v.optional(label),
  name: v.optional(label),
  length,
  archive: v.optional(v.literal('tar')),
  open: v.optional(v.boolean()),
  ...labels,
});

const entryRecord = v.looseObject({
  kind: v.literal('entry'),
  id,
  status: v.optional(v.picklist(['accepted', 'ok', 'failed', 'open', 'preview'])),
  name: v.optional(label),
  page: v.optional(label),
  bytes: v.optional(count),
  ms: v.optional(v.number()),
  error: v.optional(v.string()),
  length,
  archive: v.optional(v.literal('tar')),
  ...labels,
});

const moreRecord = v.looseObject({
  kind: v.literal('more'),
  id,
  length,
  bytes: v.optional(count),
});
const endRecord = v.looseObject({ kind: v.literal('end'), id: v.optional(id), length, bytes: v.optional(count) });
const helloRecord = v.looseObject({
  kind: v.literal('hello'),
  version: v.literal(1, 'is not a version this webpipe speaks (1)'),
  token: v.optional(v.pipe(v.string(), v.maxLength(512))),
  challenge: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{8}\.[0-9a-f]{32}$/, 'is not "<id>.<nonce>"'))),
  proof: v.optional(v.pipe(v.string(), v.maxLength(64))),
  length,
});
const ackRecord = v.looseObject({
  kind: v.literal('ack'),
  id,
  n: v.optional(count),
  url: v.optional(v.string()),
  length,
});
const errorRecord = v.looseObject({
  kind: v.literal('error'),
  id: v.optional(v.string()),
  message: v.string(),
  fatal: v.optional(v.boolean()),
  final: v.optional(v.boolean()),
  full: v.optional(v.boolean()),
  length,
});

const schemas = {
  file: fileRecord,
  entry: entryRecord,
  more: moreRecord,
  end: endRecord,
  hello: helloRecord,
  ack: ackRecord,
  error: errorRecord,
};

/** A file to show: by `path` on this disk, by value (`length` bytes follow), or `open` and still growing. */
export type FileRecord = v.InferOutput<typeof fileRecord>;
/** A rendered file. `page` is the absolute path of its page on this disk; its assets are beside it in `<id>/`. */
export type EntryRecord = v.InferOutput<typeof entryRecord>;
/** An open file has grown: by the `length` bytes that follow, or (by reference) to `bytes` bytes on this disk. */
export type MoreRecord = v.InferOutput<typeof moreRecord>;
/** The end of the open file `id`; without `id`, the end of everything that the sender sends. */
export type EndRecord = v.InferOutput<typeof endRecord>;
/**
 * The first record on a socket. `token` authenticates the client. `challenge` (the id of a token and a nonce of 32 hex
 * digits) asks the listener to prove first that it knows the token; it answers with a hello that has the `proof`.
 */
export type HelloRecord = v.InferOutput<typeof helloRecord>;
/** `id` is on disk at the stage that answers. */
export type AckRecord = v.InferOutput<typeof ackRecord>;
/**
 * `id` was refused; without `id`, the connection is refused. `fatal`: everything after it is refused too. `final`: `id`
 * will never be accepted, so its sender can discard it. `full`: the receiver has no space for it now.
 */
export type ErrorRecord = v.InferOutput<typeof errorRecord>;
export type WireRecord = FileRecord | EntryRecord | MoreRecord | EndRecord | HelloRecord | AckRecord | ErrorRecord;

/** The fields that refer to this machine. They are ignored in records of foreign senders. */
type LocalField = 'path' | 'page' | 'local';

/** A record of a foreign sender. It has no fields that refer to this machine. */
export type ForeignRecord = WireRecord & { readonly [field in LocalField]?: undefined };

/** The record that refuses `id`, or without `id` the connection, because of an error. */
export function refusalOf(id: unknown, error: unknown): ErrorRecord {
  const { isFinal = false, isFull = false } = error instanceof WpError ? error : {};
  return {
    kind: 'error',
    id: typeof id === 'string' ? id : undefined,
    message: messageOf(error),
    ...(isFinal && { final: true }),
    ...(isFull && { full: true }),
  };
}

/** The names of all fields that the protocol defines for files and entries. */
const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  ...Object.keys(fileRecord.entries),
  ...Object.keys(entryRecord.entries),
  'encoding',
  'local',
]);

/** The fields of a file or an entry that the protocol does not define. They are passed on from stage to stage. */
export function unknownFields(record: FileRecord | EntryRecord): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !KNOWN_FIELDS.has(name)));
}

/**
 * Parses the JSON value of one record from a sender on this machine. Unknown fields are kept.
 * @throws WpError 'record' that names the invalid kind or field
 */
export function parseRecord(value: unknown): WireRecord {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
  if (typeof kind !== 'string' || !Object.hasOwn(schemas, kind)) {
    const what = kind === undefined ? 'has no "kind"' : `is of the unknown kind ${JSON.stringify(kind).slice(0, 80)}`;
    throw new WpError('record', `a record ${what}`, `a record is one of ${Object.keys(schemas).join(', ')}`);
  }
  const result = v.safeParse(schemas[kind as keyof typeof schemas], value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const field = issue.path?.map((part) => String(part.key)).join('.') ?? 'it';
  throw new WpError(
    'record',
    `in a record of kind "${kind}", "${field}": ${issue.message}`,
    'see the record format in the manual',
  );
}

/**
 * Parses the JSON value of one record from another user or another machine. Fields that refer to this machine are
 * removed. The path in the record is returned separately, for the message that refuses a record without content.
 * @throws WpError as `parseRecord`
 */
export function parseForeignRecord(value: unknown): { readonly record: ForeignRecord; readonly path?: string } {
  const { path: file, page, local: _, ...record } = parseRecord(value) as WireRecord & Record<LocalField, unknown>;
  const path = file ?? page;
  return { record: record as ForeignRecord, ...(typeof path === 'string' ? { path } : {}) };
}
