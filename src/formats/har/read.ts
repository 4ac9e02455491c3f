import { arrayOf, numberOf, objectOf, textOf } from '../../node/kit/json/coerce.ts';
import type { Detailed } from './shared/facts.ts';

const MAX_URL = 2000;
const MAX_VALUE = 1000;
const MAX_HEADERS = 100;
/** Headers whose values let one act as the person whose browser this was. */
const SECRET =
  /^(?:cookie|set-cookie2?|(?:proxy-)?authorization|.*(?:token|secret|api-?key|password|session|csrf|xsrf).*)$/i;
const SECRET_PARAMETER = /^(?:.*(?:token|secret|password|passwd|api-?key|session|signature).*|auth|code|sig|key)$/i;

/**
 * The requests of an HTTP archive (HAR 1.2), by their beginnings. Values of cookies, of tokens and of what else is secret are
 * left out.
 * @throws Error where it has no list of entries
 */
export function readHar(json: unknown): Detailed[] {
  const log = objectOf(objectOf(json).log);
  if (!Array.isArray(log.entries)) throw new Error('it has no "log" with "entries"');
  const requests = readEntries(Infinity);
  for (const entry of log.entries) requests.add(entry);
  return requests.result();
}

/** Reads entries of an archive one after another, so that what they hold need not be in memory. @param most requests that are kept */
export function readEntries(most: number): {
  add(entry: unknown): void;
  /** How many were left out. */
  readonly left: number;
  /** All of them, by their beginnings. */
  result(): Detailed[];
} {
  const read: Detailed[] = [];
  let left = 0;
  let first = Infinity;
  return {
    add(value) {
      if (read.length >= most) return void left++;
      const entry = objectOf(value);
      const at = Date.parse(textOf(entry.startedDateTime));
      if (!Number.isNaN(at)) first = Math.min(first, at);
      read.push(detailed(entry, at));
    },
    get left() {
      return left;
    },
    result: () =>
      read
        .map((request) => ({ ...request, start: Number.isNaN(request.start) ? 0 : request.start - first }))
        .sort((a, b) => a.start - b.start),
  };
}

function detailed(entry: Readonly<Record<string, unknown>>, start: number): Detailed {
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

/** In the order of `PHASES`. What does not apply is -1 in the file; the time of TLS is a part of that of connecting. */
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
  const known = phases.some((phase) => phase > 0);
  return (known ? phases : [0, 0, 0, 0, 0, Math.max(0, time), 0]).map((phase) => Math.round(phase * 100) / 100);
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

/** A URL without the password and the values of parameters that are secrets. */
function safeUrl(url: string): string {
  return url
    .replace(/^(\w+:\/\/)[^/@]*@/, '$1')
    .replace(/([?&#])([^=&#]{1,200})=([^&#]*)/g, (whole, mark: string, name: string) =>
      SECRET_PARAMETER.test(name) ? `${mark}${name}=…` : whole,
    );
}
