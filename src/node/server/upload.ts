import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { Envelope, Reply } from '../../shared/envelope.ts';
import { messageOf } from '../../shared/errors.ts';
import type { AckRecord, ErrorRecord } from '../../shared/records.ts';
import { bodyOf, json } from './responses.ts';
import type { Exchange } from './route.ts';

/** The default for the largest file, bytes. */
const MAX_SIZE = 100e9;
/** How long the sender of a file, and of a stream, may pause, milliseconds. A stream may be silent over night. */
const MAX_PAUSE = { file: 60_000, stream: 24 * 3600_000 } as const;
/** How often the sender's token is checked while nothing arrives, milliseconds. */
const TOKEN_CHECK_INTERVAL = 1000;

const label = v.pipe(v.string(), v.maxLength(4096, 'is too long'));
/** The parameters of an upload, each at most once. */
const query = v.strictObject({
  name: v.pipe(label, v.nonEmpty('is empty')),
  type: v.optional(v.pipe(v.string(), v.regex(/^[\w.+-]{1,64}$/, 'is no type'))),
  title: v.optional(label),
  host: v.optional(label),
  id: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, 'is not 32 hex digits'))),
});

export interface UploadOptions {
  /** Passes an envelope to the pipeline; resolves when there is space for it. Undefined if the pipeline takes no files. */
  readonly submit: ((envelope: Envelope) => Promise<void>) | undefined;
  /** The largest file, bytes. */
  readonly maxSize?: number | undefined;
}

/**
 * Takes the body of a request as a file: with a Content-Length as a whole, without (chunked) as a stream, which is shown
 * as it arrives. Answers 201 with the address of the entry when the file is safe on disk.
 */
export async function takeUpload(exchange: Exchange, { submit, maxSize = MAX_SIZE }: UploadOptions): Promise<void> {
  const { request, response, url, admission, awaitsContinue } = exchange;
  const refuse = (status: number, error: string) => {
    // The rest of the body is not read.
    json(response, status, { error }, { Connection: 'close' });
  };
  if (!submit) return refuse(409, 'this webpipe takes no files, only entries; send to one that "wp run" started');
  const parsed = parseQuery(url);
  if (typeof parsed === 'string') return refuse(400, parsed);
  const length = request.headers['content-length'];
  if (length !== undefined && Number(length) > maxSize)
    return refuse(413, `it has ${length} bytes, and ${maxSize} are taken; raise --max-size`);
  if (awaitsContinue) response.writeContinue();
  const id = parsed.id ?? randomBytes(16).toString('hex');
  // The host that a token is for overrides what the sender says.
  const host = admission?.host === undefined ? {} : { host: admission.host };
  const record = { kind: 'file', ...parsed, id, ...host } as const;
  const answer =
    length === undefined
      ? await takeStream(exchange, record, submit, maxSize)
      : await takeFile(exchange, { ...record, length: Number(length) }, submit);
  if (answer.kind === 'error') return refuse(await statusOf(answer, exchange), answer.message);
  const { n, url: address = '' } = answer;
  json(response, 201, { id, n, url: address }, { Location: address });
}

/** The HTTP status of a refused upload. */
async function statusOf({ tooLarge, full }: Refusal, exchange: Exchange): Promise<number> {
  if (tooLarge) return 413;
  if (full) return 507;
  return (await isAdmitted(exchange)) ? 400 : 401;
}

/** Whether the sender may still send: a token may be revoked at any time. */
async function isAdmitted({ admission }: Exchange): Promise<boolean> {
  return admission === undefined || admission.valid();
}

/** The parameters of an upload, or what is wrong with them. */
function parseQuery({ searchParams }: URL): v.InferOutput<typeof query> | string {
  const fields: Record<string, string> = {};
  for (const [name, value] of searchParams) {
    if (name in fields) return `the parameter "${name}" is there twice`;
    fields[name] = value;
  }
  const result = v.safeParse(query, fields);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const name = issue.path?.map((part) => String(part.key)).join('.') ?? '';
  if (issue.expected === 'never')
    return `there is no parameter "${name}"; there are ${Object.keys(query.entries).join(', ')}`;
  return name in fields ? `the parameter "${name}" ${issue.message}` : `the parameter "${name}" is missing`;
}

type Submit = NonNullable<UploadOptions['submit']>;
type Refusal = ErrorRecord & { readonly tooLarge?: true };
type Answer = AckRecord | Refusal;

/** A reply function, and a promise of the answer that it is called with. */
function createReply(): { readonly reply: Reply; readonly answer: Promise<Answer> } {
  let reply: Reply = () => {};
  const answer = new Promise<Answer>((resolve) => {
    reply = resolve;
  });
  return { reply: (record) => reply(record), answer };
}

/** The body of an upload. @throws if the sender pauses too long, or its token is revoked */
async function* admittedBody(exchange: Exchange, maxPause: number): AsyncGenerator<Buffer> {
  const { request } = exchange;
  const check = async () => {
    if (!(await isAdmitted(exchange))) throw new Error('this token was revoked');
  };
  const timer = setInterval(() => void check().catch((error: Error) => request.destroy(error)), TOKEN_CHECK_INTERVAL);
  try {
    for await (const piece of bodyOf(request, maxPause)) {
      await check();
      yield piece;
    }
  } finally {
    clearInterval(timer);
  }
}

async function takeFile(exchange: Exchange, record: Envelope['record'], submit: Submit): Promise<Answer> {
  const { reply, answer } = createReply();
  const body = admittedBody(exchange, MAX_PAUSE.file);
  await submit({ record, body, reply, sender: exchange.request, foreign: true });
  return answer;
}

/** Takes a stream. However it ends, its end is passed on, so that what has arrived is kept. */
async function takeStream(
  exchange: Exchange,
  record: Envelope['record'] & { readonly id: string },
  submit: Submit,
  maxSize: number,
): Promise<Answer> {
  const { id } = record;
  const opened = createReply();
  const common = { sender: exchange.request, foreign: true } as const;
  await submit({ record: { ...record, open: true } as Envelope['record'], reply: opened.reply, ...common });
  let size = 0;
  let failure: Answer | undefined;
  try {
    for await (const piece of admittedBody(exchange, MAX_PAUSE.stream)) {
      size += piece.length;
      if (size > maxSize) {
        const message = `it has more than ${maxSize} bytes; raise --max-size`;
        failure = { kind: 'error', id, message, tooLarge: true };
        break;
      }
      await submitPiece(id, piece, submit, {
        ...common,
        refuseStream: (error) => {
          failure = error;
        },
      });
      if (failure) break;
    }
  } catch (error) {
    failure = { kind: 'error', id, message: messageOf(error) };
  }
  const ended = createReply();
  await submit({ record: { kind: 'end', id }, reply: ended.reply, ...common });
  const first = await opened.answer;
  if (first.kind === 'error') return first;
  const last = await ended.answer;
  return failure ?? last;
}

/** Passes a piece of a stream on; resolves when it has been read. */
function submitPiece(
  id: string,
  piece: Buffer,
  submit: Submit,
  common: Pick<Envelope, 'sender' | 'foreign' | 'refuseStream'>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const body = (async function* () {
      yield piece;
      resolve();
    })();
    submit({ record: { kind: 'more', id, length: piece.length }, body, ...common }).catch(reject);
  });
}
