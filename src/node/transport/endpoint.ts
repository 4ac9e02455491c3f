import { resolve } from 'node:path';
import { WpError } from '../../shared/errors.ts';

/** An address to listen on or to connect to. */
export type Endpoint =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }
  /** Standard input or output. */
  | { readonly kind: 'stdio' };

/** The forms of an endpoint, for error messages. */
const FORMS = 'an endpoint is PORT, HOST:PORT, unix:PATH or -';

/**
 * Parses an endpoint: `8987` (on loopback), `HOST:PORT`, `[::1]:8987`, `unix:PATH`, `-`.
 * @param where the option or variable that contains it, for error messages
 * @throws WpError for anything else
 */
export function parseEndpoint(text: string, where: string): Endpoint {
  if (text === '-') return { kind: 'stdio' };
  const path = /^unix:(.+)$/s.exec(text)?.[1];
  if (path) return { kind: 'unix', path: resolve(path) };
  const [, host = '127.0.0.1', digits = ''] = /^(?:(\[[0-9a-f:.]+\]|[^:[\]\s/]+):)?(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port > 65535) throw new WpError(where, `"${text}" is not an endpoint`, FORMS, { exitCode: 2 });
  return { kind: 'tcp', host: host.replace(/^\[|\]$/g, ''), port };
}

/** Formats an endpoint in the form that `parseEndpoint` accepts. */
export function nameOf(endpoint: Endpoint): string {
  if (endpoint.kind === 'unix') return `unix:${endpoint.path}`;
  if (endpoint.kind === 'stdio') return '-';
  return endpoint.host.includes(':') ? `[${endpoint.host}]:${endpoint.port}` : `${endpoint.host}:${endpoint.port}`;
}

/** Whether a host name or address is a loopback address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
