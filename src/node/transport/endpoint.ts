import { resolve } from 'node:path';
import { WpError } from '../../shared/errors.ts';

/** Where a stage listens or connects. */
export type Endpoint =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }
  /** Standard input or output. */
  | { readonly kind: 'stdio' };

/** What an endpoint may look like, for people. */
const FORMS = 'an endpoint is PORT, HOST:PORT, unix:PATH or -';

/**
 * Reads an endpoint as people write it: `8987` (on loopback), `HOST:PORT`, `[::1]:8987`, `unix:PATH`, `-`.
 * @param where the option or variable that it stands in
 * @throws WpError for anything else
 */
export function parseEndpoint(text: string, where: string): Endpoint {
  if (text === '-') return { kind: 'stdio' };
  const path = /^unix:(.+)$/s.exec(text)?.[1];
  if (path) return { kind: 'unix', path: resolve(path) };
  const [, host = '127.0.0.1', digits = ''] = /^(?:(\[[0-9a-f:.]+\]|[^:[\]\s/]+):)?(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port > 65535) throw new WpError(where, `"${text}" is no endpoint`, FORMS, { exitCode: 2 });
  return { kind: 'tcp', host: host.replace(/^\[|\]$/g, ''), port };
}

/** An endpoint as people write it. */
export function nameOf(endpoint: Endpoint): string {
  if (endpoint.kind === 'unix') return `unix:${endpoint.path}`;
  if (endpoint.kind === 'stdio') return '-';
  return endpoint.host.includes(':') ? `[${endpoint.host}]:${endpoint.port}` : `${endpoint.host}:${endpoint.port}`;
}

/** Whether a host name or address is this machine's own loopback. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
