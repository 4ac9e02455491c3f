import * as v from 'valibot';
import { WpError } from './errors.ts';

/** A name given by webpipe: 32 lower-case hex digits. */
const id = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, 'is not 32 hex digits'));
const label = v.pipe(v.string(), v.maxLength(4096));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** How many bytes follow the record. On whatever kind it stands, it is believed. */
const length = v.optional(count);

const described = {
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
  ...described,
});

const entryRecord = v.looseObject({
  kind: v.literal('entry'),
  id,
  status: v.optional(v.picklist(['accepted', 'ok', 'failed', 'open'])),
  name: v.optional(label),
  page: v.optional(label),
  kept: v.optional(label),
  copying: v.optional(v.boolean()),
  bytes: v.optional(count),
  ms: v.optional(v.number()),
  error: v.optional(v.string()),
  length,
  archive: v.optional(v.literal('tar')),
  ...described,
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

/** A file to show: by `path` on this disk, or by value (`length` bytes follow), or `open` and still growing. */
export type FileRecord = v.InferOutput<typeof fileRecord>;
/**
 * A rendered file. `page` is the absolute path of its page on this disk; its assets are beside it in `<id>/`. Between
 * stages of one directory: `kept` is what an earlier one keeps until it is taken over, and `copying` says that its
 * original is still being copied, so that it comes once more.
 */
export type EntryRecord = v.InferOutput<typeof entryRecord>;
/** An open file has grown: by `length` bytes that follow, or (by reference) to `bytes` on this disk. */
export type MoreRecord = v.InferOutput<typeof moreRecord>;
/** The end of the open file `id`; without `id`, the sender has said all it has to say. */
export type EndRecord = v.InferOutput<typeof endRecord>;
/**
 * First on a socket. `token` opens it. `challenge` (a token's id and 32 hex digits that were never used before) asks the
 * listener to show first that it knows the token: it answers with a hello that has the `proof`.
 */
export type HelloRecord = v.InferOutput<typeof helloRecord>;
/** The stage that says so has `id` on disk and answers for it. */
export type AckRecord = v.InferOutput<typeof ackRecord>;
/** `id` could not be taken, or, without `id`, nothing more can. `fatal`: neither can anything that comes after it. */
export type ErrorRecord = v.InferOutput<typeof errorRecord>;
export type WireRecord = FileRecord | EntryRecord | MoreRecord | EndRecord | HelloRecord | AckRecord | ErrorRecord;

/**
 * One record from one parsed JSON value. Unknown fields are kept.
 * @throws WpError 'record' that names the kind or the field which is wrong.
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
 * A record from elsewhere without what only stages of one machine say to each other: places on this disk, and what is to
 * become of them. A path stands only where it is all that the record has, so that it can be refused by its name.
 */
export function withoutLocal(record: WireRecord): WireRecord {
  const { kept: _k, whole: _w, renewed: _r, copying: _c, ...rest } = record as WireRecord & Record<string, unknown>;
  const byValue = rest.length !== undefined || (rest.kind === 'file' && rest.open === true);
  if (!byValue) return rest as WireRecord;
  const { path: _p, page: _g, ...plain } = rest as typeof rest & { path?: unknown; page?: unknown };
  return plain as WireRecord;
}
