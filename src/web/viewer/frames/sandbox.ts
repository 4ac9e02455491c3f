import type { MessageFromPage, MessageToPage } from '../../../shared/page-messages.ts';

/** Creates a frame for an untrusted page: it may run scripts and save files, and has no origin. */
export function createSandboxedFrame(title: string): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts allow-downloads');
  frame.setAttribute('referrerpolicy', 'no-referrer');
  frame.title = title;
  return frame;
}

/** Sends a message to the page in a frame, with ports if there are any. */
export function postToPage(frame: HTMLIFrameElement, message: MessageToPage, ports: MessagePort[] = []): void {
  // The frame's origin is opaque, so no target origin can be named.
  frame.contentWindow?.postMessage(message, '*', ports);
}

/**
 * Whether a `key` or `link` message may be caused by the user: the frame has the focus and was just clicked or typed
 * into. A page can send these messages at any time by itself.
 */
export function isFromUser(source: MessageEventSource, message: MessageFromPage): boolean {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLIFrameElement) || focused.contentWindow !== source) return false;
  // Browsers do not count Escape as an activation.
  if (message.webpipe === 'key' && message.key === 'Escape') return true;
  const { userActivation }: Partial<Navigator> = navigator;
  return userActivation?.isActive ?? true;
}
