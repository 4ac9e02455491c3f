import { anyCase } from '../../../shared/case.ts';
import { count, size } from '../../../shared/kit/text/numbers.ts';
import { PHASES, type Request } from '../shared/facts.ts';

/** A request and its index in the list of all requests. */
export interface NumberedRequest {
  readonly request: Request;
  readonly index: number;
}

/** The requests whose method, URL, status or type contains a text, in any case. */
export function filterRequests(requests: readonly Request[], text: string): NumberedRequest[] {
  const pattern = anyCase(text);
  return requests
    .map((request, index) => ({ request, index }))
    .filter(({ request: { method, url, status, mime } }) => pattern.test(`${method} ${url} ${status} ${mime}`));
}

/**
 * The summary line for a filtered list: `3 of 2,000 requests · 1.0 KB`.
 * @param fullSummary the summary of all requests, which begins with their number
 * @param maxRows number of requests that the page shows at most
 */
export function filteredSummary(matches: readonly NumberedRequest[], fullSummary: string, maxRows: number): string {
  const bytes = matches.reduce((sum, { request }) => sum + Math.max(0, request.size), 0);
  const cut = matches.length > maxRows ? `, the first ${count(maxRows)} shown` : '';
  return `${count(matches.length)} of ${fullSummary.replace(/ ·.*/, '')}${cut} · ${size(bytes)}`;
}

export function isFailed({ status, error }: Request): boolean {
  return status >= 400 || error !== undefined;
}

export function statusText({ status, error }: Request): string {
  if (error !== undefined) return 'failed';
  return status > 0 ? String(status) : '–';
}

/** The type of the content, without the general part of common types. */
export function typeText({ mime }: Request): string {
  return mime.replace(/^(?:application|image|text)\//, '');
}

export function sizeText(request: Request): string {
  return request.size < 0 ? '–' : size(request.size).replace(/ bytes?$/, ' B');
}

/** The short form of a URL: the last part of its path with the query, and its host. */
export function shortName(url: string): { name: string; host: string } {
  try {
    const { host, pathname, search } = new URL(url);
    const lastPart = pathname.split('/').findLast((part) => part !== '') ?? '/';
    return { name: `${lastPart}${search}`.slice(0, 200), host };
  } catch {
    return { name: url.slice(0, 200), host: '' };
  }
}

/** A duration in milliseconds as text: `3.5 ms`, `120 ms`, `1.25 s`. */
export function durationText(ms: number): string {
  if (ms >= 9995) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return ms >= 9.95 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`;
}

/** A phase of a request that took time; times in milliseconds. */
export interface Phase {
  /** Index in `PHASES`. */
  readonly index: number;
  readonly name: string;
  /** Start, from the start of the first request. */
  readonly start: number;
  readonly duration: number;
}

/** The phases of a request that took time, in order. */
export function phasesOf({ start, phases }: Request): Phase[] {
  const result: Phase[] = [];
  let phaseStart = start;
  phases.forEach((duration, index) => {
    if (duration > 0) result.push({ index, name: PHASES[index] ?? '', start: phaseStart, duration });
    phaseStart += duration;
  });
  return result;
}

/** The duration of a request, milliseconds. */
export function durationOf({ phases }: Request): number {
  return phases.reduce((sum, phase) => sum + phase, 0);
}
