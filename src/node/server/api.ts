import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Entry } from '../../shared/entry.ts';
import { messageOf, WpError } from '../../shared/errors.ts';
import { parseEntryKey } from '../../shared/names.ts';
import { isSameUser } from '../transport/peer.ts';
import type { Deletions } from './deletions.ts';
import type { Library } from './library.ts';
import type { Logins } from './login.ts';
import { json, noContent, readJson } from './responses.ts';
import type { Exchange, Route } from './route.ts';
import { takeUpload, type UploadOptions } from './upload.ts';

const ENTRIES = /^\/api\/scrolls\/([^/]+)\/entries$/;
const ENTRY = /^\/api\/scrolls\/([^/]+)\/entries\/([^/]+)$/;
const UNDELETE = /^\/api\/scrolls\/([^/]+)\/entries\/([^/]+)\/undelete$/;
const DELETE_LIST = /^\/api\/scrolls\/([^/]+)\/delete$/;
/** The most entries of one request to delete a list, and the bytes that their numbers need at most. */
const MAX_LIST = 10_000;
const MAX_LIST_BYTES = 256 * 1024;
/** The longest delay before a deletion, seconds. */
const MAX_DELAY = 3600;
/** The description of the API for people who write clients. */
const DESCRIPTION = fileURLToPath(new URL('../docs/openapi.json', import.meta.url));

export interface ApiOptions {
  readonly library: Library;
  readonly deletions: Deletions;
  readonly logins: Logins;
  /** The viewer's token. */
  readonly token: string;
  readonly upload: UploadOptions;
}

/** The HTTP API, as `docs/openapi.json` describes it. */
export function apiRoutes(options: ApiOptions): readonly Route[] {
  const { library, deletions } = options;

  const upload = async (exchange: Exchange, match: RegExpExecArray): Promise<void> => {
    const name = decode(match[1]);
    const current = await library.current();
    if (name !== 'current' && !(name === current && library.owns(name)))
      return json(exchange.response, 409, { error: 'only the scroll that is running takes files: call it "current"' });
    await takeUpload(exchange, options.upload);
  };

  /** Calls `use` with the scroll and the entry that a path names, or answers 404 or 410. */
  const withEntry = async (
    { response }: Exchange,
    match: RegExpExecArray,
    use: (scroll: string, entry: Entry) => Promise<void> | void,
  ): Promise<void> => {
    const opened = await library.open(await scrollNameOf(match, library));
    if (!opened) return json(response, 404, { error: 'there is no such scroll' });
    const { scroll, release } = opened;
    const key = parseEntryKey(match[2] ?? '');
    const entry = key && ('id' in key ? scroll.entry(key.id) : scroll.entryAt(key.n));
    const { name } = scroll;
    release();
    if (!entry) return json(response, 404, { error: 'there is no such entry' });
    if (entry.deleted) return json(response, 410, { error: `entry ${entry.n} was deleted` });
    await use(name, entry);
  };

  const remove = (exchange: Exchange, match: RegExpExecArray) =>
    withEntry(exchange, match, async (scroll, { n }) => {
      const { response, url } = exchange;
      const after = url.searchParams.get('after');
      const delay = Number(after ?? 0);
      if (after !== null && (!/^\d{1,4}$/.test(after) || delay > MAX_DELAY))
        return json(response, 400, { error: `"after" is a number of seconds, at most ${MAX_DELAY}` });
      try {
        if (delay > 0) {
          await library.checkDeletable(scroll);
          deletions.schedule(scroll, n, delay * 1000);
          return json(response, 202, { n, after: delay });
        }
        await deletions.delete(scroll, [n]);
        noContent(response);
      } catch (error) {
        if (!(error instanceof WpError)) throw error;
        json(response, 409, { error: messageOf(error) });
      }
    });

  /** Deletes a list of entries in one pass. Those that are deleted already count as deleted. */
  const removeAll = async ({ request, response }: Exchange, match: RegExpExecArray): Promise<void> => {
    const numbers = parseNumbers(await readJson(request, MAX_LIST_BYTES));
    if (!numbers)
      return json(response, 400, { error: `the body must be {"entries":[1,2]}, at most ${MAX_LIST} numbers` });
    const opened = await library.open(await scrollNameOf(match, library));
    if (!opened) return json(response, 404, { error: 'there is no such scroll' });
    const { scroll, release } = opened;
    const missing = numbers.find((n) => !scroll.entryAt(n));
    const existing = numbers.filter((n) => !scroll.entryAt(n)?.deleted);
    release();
    if (missing !== undefined) return json(response, 404, { error: `there is no entry ${missing}` });
    try {
      if (existing.length > 0) await deletions.delete(scroll.name, existing);
      noContent(response);
    } catch (error) {
      if (!(error instanceof WpError)) throw error;
      json(response, 409, { error: messageOf(error) });
    }
  };

  const undelete = (exchange: Exchange, match: RegExpExecArray) =>
    withEntry(exchange, match, (scroll, { n }) => {
      deletions.cancel(scroll, n);
      noContent(exchange.response);
    });

  return [
    { method: 'POST', path: /^\/api\/login$/, access: 'everyone', run: (exchange) => login(exchange, options) },
    {
      method: 'GET',
      path: /^\/api\/scrolls$/,
      access: 'owner',
      run: async ({ response }) => json(response, 200, await library.list()),
    },
    {
      method: 'GET',
      path: ENTRIES,
      access: 'owner',
      run: async (exchange, match) => sendEntries(exchange, await scrollNameOf(match, library), library),
    },
    { method: 'POST', path: ENTRIES, access: 'senders', run: upload },
    { method: 'PUT', path: ENTRIES, access: 'senders', run: upload },
    { method: 'DELETE', path: ENTRY, access: 'owner', run: remove },
    { method: 'POST', path: DELETE_LIST, access: 'owner', run: removeAll },
    { method: 'POST', path: UNDELETE, access: 'owner', run: undelete },
    {
      method: 'GET',
      path: /^\/api\/openapi\.json$/,
      access: 'everyone',
      run: async ({ response }) => json(response, 200, JSON.parse(await readFile(DESCRIPTION, 'utf8'))),
    },
  ];
}

/** Gives the viewer's token to the user who runs the server, or to who has a login code. */
async function login({ request, response }: Exchange, { logins, token }: ApiOptions): Promise<void> {
  const body = await readJson(request);
  if (body === undefined) return json(response, 400, { error: 'the body is to be a small JSON object' });
  const code = typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : undefined;
  const isAllowed = code !== undefined ? logins.take(code) : await isSameUser(request.socket);
  if (isAllowed) return json(response, 200, { token });
  const error =
    code === undefined
      ? 'login with the link that "wp open --print" gives'
      : 'this link has been used or is too old; "wp open" makes another';
  json(response, 401, { error });
}

/** The numbers in the body of a request to delete a list of entries; undefined if it is malformed. */
function parseNumbers(body: unknown): number[] | undefined {
  const entries = typeof body === 'object' && body !== null && 'entries' in body ? body.entries : undefined;
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > MAX_LIST) return undefined;
  return entries.every((n) => Number.isSafeInteger(n) && n >= 1) ? (entries as number[]) : undefined;
}

async function sendEntries({ response }: Exchange, name: string, library: Library): Promise<void> {
  const opened = await library.open(name);
  if (!opened) return json(response, 404, { error: 'there is no such scroll' });
  const { scroll, release } = opened;
  json(
    response,
    200,
    scroll.entries.filter((entry) => !entry.deleted),
  );
  release();
}

/** The scroll that a path names; `current` is an alias. */
async function scrollNameOf(match: RegExpExecArray, library: Library): Promise<string> {
  const name = decode(match[1]);
  return name === 'current' ? ((await library.current()) ?? '') : name;
}

/** Decodes a part of a path. A malformed one becomes empty, which names nothing. */
function decode(part = ''): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
