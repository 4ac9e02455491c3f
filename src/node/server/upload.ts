import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as v from 'valibot';
import type { Envelope, Reply } from '../../shared/envelope.ts';
import { messageOf } from '../../shared/errors.ts';
import type { AckRecord, ErrorRecord } from '../../shared/records.ts';
import { json, piecesOf } from './answers.ts';

/** The largest file that is taken if nothing else is said, bytes. */
const MAX_SIZE = 100e9;
/** How long nothing may come of a file, and of a stream, which may have nothing to say for a night, milliseconds. */
const SILENCE = { file: 60_000, stream: 24 * 3600_000 } as const;
/** How often it is asked, while nothing comes, whether its sender is let in still, milliseconds. */
const ASKED = 1000;

const label = v.pipe(v.string(), v.maxLength(4096, 'is too long'));
/** What the query of an upload may say: each once. */
const query = v.strictObject({
  name: v.pipe(label, v.nonEmpty('is empty')),
  type: v.optional(v.pipe(v.string(), v.regex(/^[\w.+-]{1,64}$/, 'is no type'))),
  title: v.optional(label),
  host: v.optional(label),
  id: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, 'is not 32 hex digits'))),
});

export interface UploadOptions {
  /**
   * Hands an envelope to the pipeline; resolves when there is space for it. Undefined if the pipeline takes no files.
   */
  readonly submit: ((envelope: Envelope) => Promise<void>) | undefined;
  /** The largest file that is taken, bytes. */
  readonly maxSize?: number | undefined;
}

/** One upload: where it was sent to and by whom. */
export interface Upload {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** What its entries say of where they come from, where that is known by the token. */
  readonly host: string | undefined;
  /** Whether they are let in still: a token may be revoked at any time. */
  readonly valid: () => Promise<boolean>;
  /** The client waits for the word to go on. */
  readonly waits: boolean;
}

/**
 * Takes the body of a request as a file: with a Content-Length by value, without (chunked) as a stream, which is shown
 * while it comes. Answers 201 with the address of the entry when it is safe on disk.
 */
export async function takeUpload(upload: Upload, { submit, maxSize = MAX_SIZE }: UploadOptions): Promise<void> {
  const { request, response, url, waits } = upload;
  const refuse = (status: number, error: string) => {
    // What is still being sent is not waited for.
    json(response, status, { error }, { Connection: 'close' });
  };
  if (!submit) return refuse(409, 'this webpipe takes no files, only entries; send to one that "wp run" started');
  const parsed = parseQuery(url);
  if (typeof parsed === 'string') return refuse(400, parsed);
  const length = request.headers['content-length'];
  if (length !== undefined && Number(length) > maxSize)
    return refuse(413, `it has ${length} bytes, and ${maxSize} are taken; raise --max-size`);
  if (waits) response.writeContinue();
  const id = parsed.id ?? randomBytes(16).toString('hex');
  const record = { kind: 'file', ...parsed, id, ...(upload.host === undefined ? {} : { host: upload.host }) } as const;
  const answer =
    length === undefined
      ? await takeStream(upload, record, submit, maxSize)
      : await takeWhole(upload, { ...record, length: Number(length) }, submit);
  if (answer.kind === 'error')
    return refuse(answer.tooLarge ? 413 : (await upload.valid()) ? 400 : 401, answer.message);
  const { n, url: address = '' } = answer;
  json(response, 201, { id, n, url: address }, { Location: address });
}

/** The query, checked, or what is wrong with it. */
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
type Answer = AckRecord | (ErrorRecord & { readonly tooLarge?: true });

/** A reply, and the promise of what it is called with. */
function expected(): { readonly reply: Reply; readonly answer: Promise<Answer> } {
  let reply: Reply = () => {};
  const answer = new Promise<Answer>((settle) => {
    reply = settle;
  });
  return { reply: (said) => reply(said), answer };
}

/** The body of an upload, for as long as who sends it is let in. */
async function* allowed({ request, valid }: Upload, silence: number): AsyncGenerator<Buffer> {
  const check = async () => {
    if (!(await valid())) throw new Error('this token was revoked');
  };
  const timer = setInterval(() => void check().catch((why: Error) => request.destroy(why)), ASKED);
  try {
    for await (const piece of piecesOf(request, silence)) {
      await check();
      yield piece;
    }
  } finally {
    clearInterval(timer);
  }
}

async function takeWhole(upload: Upload, record: Envelope['record'], submit: Submit): Promise<Answer> {
  const { reply, answer } = expected();
  await submit({ record, body: allowed(upload, SILENCE.file), reply, sender: upload.request, foreign: true });
  return answer;
}

/** A stream: its end is told however it ends, so that what had come is kept. */
async function takeStream(
  upload: Upload,
  record: Envelope['record'] & { readonly id: string },
  submit: Submit,
  maxSize: number,
): Promise<Answer> {
  const { id } = record;
  const begun = expected();
  const common = { sender: upload.request, foreign: true } as const;
  await submit({ record: { ...record, open: true } as Envelope['record'], reply: begun.reply, ...common });
  let size = 0;
  let problem: Answer | undefined;
  try {
    for await (const piece of allowed(upload, SILENCE.stream)) {
      size += piece.length;
      if (size > maxSize) {
        const message = `it has more than ${maxSize} bytes; raise --max-size`;
        problem = { kind: 'error', id, message, tooLarge: true };
        break;
      }
      await new Promise<void>((settle, fail) => {
        const body = (async function* () {
          yield piece;
          settle();
        })();
        submit({ record: { kind: 'more', id, length: piece.length }, body, ...common }).catch(fail);
      });
    }
  } catch (error) {
    problem = { kind: 'error', id, message: messageOf(error) };
  }
  const ended = expected();
  await submit({ record: { kind: 'end', id }, reply: ended.reply, ...common });
  const first = await begun.answer;
  if (first.kind === 'error') return first;
  const last = await ended.answer;
  return problem ?? last;
}
