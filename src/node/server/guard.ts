import type { IncomingMessage } from 'node:http';

/** The values of `Host` that this server answers to. A page on another site whose name resolves to us is refused. */
export function hostsOf(port: number): ReadonlySet<string> {
  return new Set(['localhost', '127.0.0.1', '[::1]'].map((name) => (port === 80 ? name : `${name}:${port}`)));
}

/** Whether a request is addressed to one of these hosts. */
export function isOurHost(request: IncomingMessage, hosts: ReadonlySet<string>): boolean {
  return hosts.has(hostOf(request));
}

/** The `Host` of a request in lower case: a name and perhaps a port. */
function hostOf(request: IncomingMessage): string {
  return (request.headers.host ?? '').toLowerCase();
}

/**
 * Whether a request is addressed to the host name of an entry, such as `e0123.localhost:8989`, which browsers resolve to
 * this machine. Browsers give each site a process, so an entry that runs for ever blocks no other. Only files of entries
 * are served under such a name.
 */
export function isEntryHost(request: IncomingMessage, hosts: ReadonlySet<string>): boolean {
  const host = hostOf(request);
  const viewer = viewerHost(host);
  return viewer !== host && hosts.has(viewer);
}

/** The viewer's host, given that of an entry. Any other host is returned unchanged. */
export function viewerHost(host: string): string {
  return host.replace(/^[\w-]{1,63}\.(?=localhost(?::\d+)?$)/, '');
}

/** Whether a request comes from a page of ours, or does not say where it comes from. It may still need a token. */
export function isOurOrigin(request: IncomingMessage, hosts: ReadonlySet<string>): boolean {
  const origin = request.headers.origin;
  return origin === undefined || (origin.startsWith('http://') && hosts.has(origin.slice('http://'.length)));
}

/** The bearer token of a request, if it has one. */
export function bearerOf(request: IncomingMessage): string | undefined {
  return /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
}

/** Headers of every response. Those for files of entries replace `Cross-Origin-Resource-Policy`. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'X-DNS-Prefetch-Control': 'off',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), display-capture=()',
};

/**
 * The content security policy of the viewer: its own script and style, the API, and frames of entries. Nothing inline,
 * and no text becomes HTML or a script. `frame-src` also keeps the page of an entry from navigating elsewhere, because a
 * frame may only go where its parent allows.
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

/** The port of a host with its colon; empty for the default port. */
function portOf(host: string): string {
  return /:\d+$/.exec(host)?.[0] ?? '';
}

/**
 * The value of `Connection-Allowlist` for an entry. It covers what a content security policy does not: WebRTC and early
 * connections. Browsers without this header (Chromium before 152, others) leave these two open.
 */
export function entryConnections(host: string, cap: string): string {
  return `("http://${host}/c/${cap}/*")`;
}

/** The content security policy of an entry's page: it may run, and load its own files. It has no origin and no network. */
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
