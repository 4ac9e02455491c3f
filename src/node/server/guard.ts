import type { IncomingMessage } from 'node:http';

/** The names by which this server may be called: a page elsewhere that resolves its own name to us is not served. */
export function hostsOf(port: number): ReadonlySet<string> {
  return new Set(['localhost', '127.0.0.1', '[::1]'].map((name) => (port === 80 ? name : `${name}:${port}`)));
}

/** Whether the request calls us by a name of ours. */
export function isOurHost(request: IncomingMessage, hosts: ReadonlySet<string>): boolean {
  return hosts.has(hostOf(request));
}

/** The `Host` of a request: a name and perhaps a port, in small letters. */
function hostOf(request: IncomingMessage): string {
  return (request.headers.host ?? '').toLowerCase();
}

/**
 * Whether the request calls us by a name that an entry has to itself, such as `e0123.localhost:8989`, which browsers
 * take for this machine. Pages of different sites have different processes, so an entry that never comes to an end
 * holds up no other. What is asked for under such a name is the files of entries, nothing else.
 */
export function isEntryHost(request: IncomingMessage, hosts: ReadonlySet<string>): boolean {
  const host = hostOf(request);
  const viewer = viewerHost(host);
  return viewer !== host && hosts.has(viewer);
}

/** The host of the viewer, by that of an entry; any other is itself. */
export function viewerHost(host: string): string {
  return host.replace(/^[\w-]{1,63}\.(?=localhost(?::\d+)?$)/, '');
}

/** Whether the request comes from a page of ours; one that does not say where it comes from may still need a token. */
export function isOurOrigin(request: IncomingMessage, hosts: ReadonlySet<string>): boolean {
  const origin = request.headers.origin;
  return origin === undefined || (origin.startsWith('http://') && hosts.has(origin.slice('http://'.length)));
}

/** The bearer token of a request, if it has one. */
export function bearerOf(request: IncomingMessage): string | undefined {
  return /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
}

/** Headers of every answer; what frames may load says otherwise about `Cross-Origin-Resource-Policy`. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'X-DNS-Prefetch-Control': 'off',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), display-capture=()',
};

/**
 * What the viewer's page may do: its own script and style, the API, and frames of entries. Nothing inline, and no text
 * becomes HTML or a script. `frame-src` is also what keeps an entry's page from leaving by itself: a frame may be led
 * only to where its parent allows.
 */
export function viewerPolicy(host: string): string {
  const entries = `http://*.localhost${portOf(host)}/c/`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self' ws://${host} ${entries}`,
    `frame-src http://${host}/c/ ${entries}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** The port in a host, with its colon; empty if it is the usual one. */
function portOf(host: string): string {
  return /:\d+$/.exec(host)?.[0] ?? '';
}

/**
 * The same for what that policy does not hold: WebRTC, and connections that are opened ahead of a request. Browsers that
 * do not know this header (Chromium before 152, others) leave these two open.
 */
export function entryConnections(host: string, cap: string): string {
  return `("http://${host}/c/${cap}/*")`;
}

/** What a page that came from a file may do: run, and load its own files. It has no origin and reaches nobody. */
export function entryPolicy(host: string, cap: string): string {
  const own = `http://${host}/c/${cap}/`;
  return [
    'sandbox allow-scripts allow-downloads',
    "default-src 'none'",
    `script-src 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob: ${own}`,
    `style-src 'unsafe-inline' data: blob: ${own}`,
    `img-src data: blob: ${own}`,
    `font-src data: blob: ${own}`,
    `media-src data: blob: ${own}`,
    `connect-src data: blob: ${own}`,
    'worker-src blob:',
    "frame-src 'none'",
    "object-src 'none'",
    `base-uri ${own}`,
    "form-action 'none'",
    `frame-ancestors http://localhost${portOf(host)} http://127.0.0.1${portOf(host)}`,
  ].join('; ');
}
