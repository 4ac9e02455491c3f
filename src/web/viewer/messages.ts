/** What a frame may tell us. It runs somebody else's page: each message is looked at as if an enemy had sent it. */
export type FrameMessage =
  | { readonly webpipe: 'warm' }
  | { readonly webpipe: 'ready' }
  | { readonly webpipe: 'here' }
  | { readonly webpipe: 'height'; readonly height: number }
  | { readonly webpipe: 'key'; readonly key: string }
  | { readonly webpipe: 'link'; readonly url: string };

/** A message of a frame, or undefined if it is none that we know. */
export function parseFrameMessage(data: unknown): FrameMessage | undefined {
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
      if (!('key' in data) || typeof data.key !== 'string' || data.key.length > 20) return undefined;
      return { webpipe: 'key', key: data.key };
    case 'link': {
      const url = 'url' in data && typeof data.url === 'string' ? outsideUrl(data.url) : undefined;
      return url === undefined ? undefined : { webpipe: 'link', url };
    }
    default:
      return undefined;
  }
}

/** The URL, normalised, if it is one that may be opened elsewhere: http, https or mailto. */
function outsideUrl(text: string): string | undefined {
  if (text.length > 8192 || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : undefined;
}

/** The height that a frame gets for a page of this height: what does not fit scrolls inside. */
export function frameHeight(height: number, windowHeight: number): number {
  return Math.max(24, Math.min(height, Math.round(windowHeight * 0.75)));
}

/** What we tell a frame. */
export type ToFrame =
  | { readonly webpipe: 'grown'; readonly bytes: number; readonly ended: boolean }
  | { readonly webpipe: 'alone' }
  | { readonly webpipe: 'ask' };

/** Tells a frame something. Its origin is opaque, so there is none to address. */
export function tellFrame(frame: HTMLIFrameElement, message: ToFrame): void {
  frame.contentWindow?.postMessage(message, '*');
}

/** A frame for somebody else's page: it may run scripts and save files, and is a stranger to everything else. */
export function sandboxedFrame(title: string): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts allow-downloads');
  frame.setAttribute('referrerpolicy', 'no-referrer');
  frame.title = title;
  return frame;
}

/**
 * Whether the reader can have done what this frame says: is in it, and has just pressed something (of Escape browsers
 * say nothing). A page may claim keys and clicks at any time.
 */
export function isReaderIn(source: MessageEventSource, message: FrameMessage): boolean {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLIFrameElement) || focused.contentWindow !== source) return false;
  const { userActivation }: Partial<Navigator> = navigator;
  return (message.webpipe === 'key' && message.key === 'Escape') || (userActivation?.isActive ?? true);
}
