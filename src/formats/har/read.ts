import { arrayOf, numberOf, objectOf, textOf } from '../../node/kit/json/coerce.ts';
import type { DetailedRequest } from './shared/facts.ts';

const MAX_URL = 2000;
const MAX_VALUE = 1000;
const MAX_HEADERS = 100;
/** Headers whose values could be used to impersonate the user of the browser. */
const SECRET =
  /^(?:cookie|set-cookie2?|(?:proxy-)?authorization|.*(?:token|secret|api-?key|password|session|csrf|xsrf).*)$/i;
const SECRET_PARAMETER = /^(?:.*(?:token|secret|password|passwd|api-?key|session|signature).*|auth|code|sig|key)$/i;

/**
 * Reads the requests of an HTTP archive (HAR 1.2), sorted by start time. Values of cookies, tokens and other secrets are
 * removed.
 * @throws Error if it has no list of entries
 */
export function readHar(json: unknown): DetailedRequest[] {
  const log = objectOf(objectOf(json).log);
  if (!Array.isArray(log.entries)) throw new Error('it has no "log" with "entries"');
  const requests = readEntries(Infinity);
  for (const entry of log.entries) requests.add(entry);
  return requests.result();
}

/**
 * Collects requests from entries that are added one by one, so that an archive need not be in memory.
 * @param maxRequests further ones are only counted
 */
export function readEntries(maxRequests: number): {
  add(entry: unknown): void;
  /** Number of entries beyond `maxRequests`. */
  readonly omitted: number;
  /** The requests, sorted by start time. */
  result(): DetailedRequest[];
} {
  const requests: DetailedRequest[] = [];
  let omitted = 0;
  let first = Infinity;
  return {
    add(value) {
      if (requests.length >= maxRequests) return void omitted++;
      const entry = objectOf(value);
      const startedAt = Date.parse(textOf(entry.startedDateTime));
      if (!Number.isNaN(startedAt)) first = Math.min(first, startedAt);
      requests.push(parseEntry(entry, startedAt));
    },
    get omitted() {
      return omitted;
    },
    result: () =>
      requests
        .map((request) => ({ ...request, start: Number.isNaN(request.start) ? 0 : request.start - first }))
        .sort((a, b) => a.start - b.start),
  };
}

function parseEntry(entry: Readonly<Record<string, unknown>>, start: number): DetailedRequest {
  const [request, response] = [objectOf(entry.request), objectOf(entry.response)];
  const content = objectOf(response.content);
  const sizes = [response._transferSize, response.bodySize, content.size].map((size) => numberOf(size, -1));
  const error = textOf(response._error);
  return {
    method: textOf(request.method).slice(0, 20) || '?',
    url: safeUrl(textOf(request.url)).slice(0, MAX_URL),
    status: numberOf(response.status),
    mime: textOf(content.mimeType).replace(/;.*$/, '').slice(0, 100),
    size: sizes.find((size) => size > 0) ?? Math.max(...sizes),
    start,
    phases: phasesOf(objectOf(entry.timings), numberOf(entry.time)),
    ...(error && { error: error.slice(0, 200) }),
    request: headersOf(request.headers),
    response: headersOf(response.headers),
    server: textOf(entry.serverIPAddress).slice(0, 100),
  };
}

/** Durations in the order of `PHASES`. In the file -1 means "does not apply", and `connect` includes `ssl`. */
function phasesOf(timings: Readonly<Record<string, unknown>>, time: number): number[] {
  const [blocked = 0, dns = 0, connect = 0, ssl = 0, send = 0, wait = 0, receive = 0] = [
    'blocked',
    'dns',
    'connect',
    'ssl',
    'send',
    'wait',
    'receive',
  ].map((name) => Math.max(0, numberOf(timings[name])));
  const phases = [blocked, dns, Math.max(0, connect - ssl), ssl, send, wait, receive];
  const hasTimings = phases.some((phase) => phase > 0);
  return (hasTimings ? phases : [0, 0, 0, 0, 0, Math.max(0, time), 0]).map((phase) => Math.round(phase * 100) / 100);
}

function headersOf(headers: unknown): [string, string][] {
  return arrayOf(headers)
    .slice(0, MAX_HEADERS)
    .map((header) => {
      const { name, value } = objectOf(header);
      const label = textOf(name).slice(0, 200);
      return [label, SECRET.test(label) ? '(left out)' : safeUrl(textOf(value)).slice(0, MAX_VALUE)];
    });
}

/** Removes the password and the values of secret parameters from a URL. */
function safeUrl(url: string): string {
  return url
    .replace(/^(\w+:\/\/)[^/@]*@/, '$1')
    .replace(/([?&#])([^=&#]{1,200})=([^&#]*)/g, (whole, mark: string, name: string) =>
      SECRET_PARAMETER.test(name) ? `${mark}${name}=…` : whole,
    );
}
