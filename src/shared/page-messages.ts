/**
 * The messages between the viewer and the page in a sandboxed frame (`window.postMessage`).
 *
 * Rendered pages are stored and opened again by later versions of the viewer: a message never changes its name or
 * meaning, and both ends ignore messages that they do not know. A page may have any author, so each end parses what it
 * receives before it acts on it.
 */

/** From a page to the viewer. */
export type MessageFromPage =
  /** An empty warm frame has loaded and can receive a page. */
  | { readonly webpipe: 'warm' }
  /** The document is parsed. */
  | { readonly webpipe: 'ready' }
  /** The answer to `ask`. */
  | { readonly webpipe: 'here' }
  /** The height of the content in CSS pixels. */
  | { readonly webpipe: 'height'; readonly height: number }
  /** The user pressed a key that is a shortcut of the viewer (`KeyboardEvent.key`). */
  | { readonly webpipe: 'key'; readonly key: string }
  /** The user followed a link to another site, which a sandboxed frame cannot open itself. */
  | { readonly webpipe: 'link'; readonly url: string };

/** From the viewer to a page. */
export type MessageToPage =
  /** The file has grown to `bytes` bytes. `ended`: it will not grow further. */
  | { readonly webpipe: 'grown'; readonly bytes: number; readonly ended: boolean }
  /** The page fills the window instead of a place in the scroll. */
  | { readonly webpipe: 'alone' }
  /** Asks whether the page still responds; it answers `here`. */
  | { readonly webpipe: 'ask' }
  /** For a warm frame: the HTML to write will arrive on the port sent with this message, as a string. */
  | { readonly webpipe: 'port' };

/** The name of the event on `window` by which the script in every page announces `grown`. */
export const GROWN_EVENT = 'grown';

/** Its `detail`. */
export type GrownDetail = Omit<Extract<MessageToPage, { webpipe: 'grown' }>, 'webpipe'>;

/** The longest URL that a page may ask to open, in characters. */
const MAX_URL = 8192;
/** The longest name of a key, in characters. */
const MAX_KEY = 20;

/** Parses a message from a page. Returns undefined if it is not a valid message. */
export function parseMessageFromPage(data: unknown): MessageFromPage | undefined {
  if (typeof data !== 'object' || data === null || !('webpipe' in data)) return undefined;
  switch (data.webpipe) {
    case 'warm':
    case 'ready':
    case 'here':
      return { webpipe: data.webpipe };
    case 'height':
      if (!('height' in data) || typeof data.height !== 'number' || !Number.isFinite(data.height)) return undefined;
      return { webpipe: 'height', height: Math.max(0, Math.round(data.height)) };
    case 'key':
      if (!('key' in data) || typeof data.key !== 'string' || data.key.length > MAX_KEY) return undefined;
      return { webpipe: 'key', key: data.key };
    case 'link': {
      const url = 'url' in data && typeof data.url === 'string' ? externalUrl(data.url) : undefined;
      return url === undefined ? undefined : { webpipe: 'link', url };
    }
    default:
      return undefined;
  }
}

/**
 * Parses a message from the viewer to a page, except `port`, which only warm frames receive. Returns undefined if it is
 * not a valid message.
 */
export function parseMessageToPage(data: unknown): MessageToPage | undefined {
  const message = data as MessageToPage | null | undefined;
  switch (message?.webpipe) {
    case 'grown':
      return Number.isFinite(message.bytes) ? message : undefined;
    case 'alone':
    case 'ask':
      return message;
    default:
      return undefined;
  }
}

/** Normalizes a URL that may be opened in another tab (http, https or mailto). Returns undefined for any other. */
function externalUrl(text: string): string | undefined {
  if (text.length > MAX_URL || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : undefined;
}
