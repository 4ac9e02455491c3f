/**
 * The script at the head of every page. It runs before the page's own scripts, in a sandboxed frame of the viewer or,
 * without a viewer, in a window of its own. `scripts/generate.mjs` bundles it into a string that becomes part of each
 * page, so its size counts.
 */
import { GROWN_EVENT, type GrownDetail, type MessageFromPage, parseMessageToPage } from '../../shared/page-messages.ts';
import { actionOf, isPlainKey } from '../../shared/shortcuts.ts';

function send(message: MessageFromPage): void {
  // The frame's origin is opaque and the viewer may run anywhere, so no target origin can be named.
  if (parent !== window) parent.postMessage(message, '*');
}

/** Reports the height of the content, including what overflows the body. */
function sendHeight(): void {
  const { body } = document;
  if (!body) return;
  const bottom = body.getBoundingClientRect().bottom + parseFloat(getComputedStyle(body).marginBottom || '0');
  send({ webpipe: 'height', height: Math.ceil(Math.max(bottom, body.scrollHeight)) });
}

function onParsed(): void {
  new ResizeObserver(sendHeight).observe(document.body);
  send({ webpipe: 'ready' });
}

function onMessage({ source, data }: MessageEvent<unknown>): void {
  const message = source === parent && parseMessageToPage(data);
  if (!message) return;
  if (message.webpipe === 'grown') dispatchEvent(new CustomEvent<GrownDetail>(GROWN_EVENT, { detail: message }));
  else if (message.webpipe === 'ask') send({ webpipe: 'here' });
  else if (message.webpipe === 'alone') document.documentElement.classList.add('alone');
}

function onKeyDown(event: KeyboardEvent): void {
  const { key, target } = event;
  const isTyping = target instanceof Element && target.matches('input,textarea,select,[contenteditable]');
  if (isPlainKey(event) && !isTyping && actionOf(key)) send({ webpipe: 'key', key });
}

/** Scrolls to a fragment and sends links to other sites to the viewer; all other links work as usual. */
function onClick(event: MouseEvent): void {
  const link = event.target instanceof Element && event.target.closest('a');
  if (!link || event.defaultPrevented || link.hasAttribute('download')) return;
  // `xlink:href`: links in SVG drawings.
  const href = link.getAttribute('href') || link.getAttribute('xlink:href');
  if (!href) return;
  if (href[0] === '#') {
    event.preventDefault();
    document.getElementById(decodeURIComponent(href.slice(1)))?.scrollIntoView();
    return;
  }
  const url = externalUrl(href);
  if (!url) return;
  event.preventDefault();
  send({ webpipe: 'link', url });
}

/** Returns the absolute URL of a link to another site or of a `mailto:` link; undefined for any other link. */
function externalUrl(href: string): string | undefined {
  try {
    const url = new URL(href, document.baseURI);
    const { protocol } = url;
    return (/^https?:$/.test(protocol) && url.host !== location.host) || protocol === 'mailto:' ? url.href : undefined;
  } catch {
    return undefined;
  }
}

if (document.readyState === 'loading') addEventListener('DOMContentLoaded', onParsed);
else onParsed();
addEventListener('load', sendHeight);
addEventListener('message', onMessage);
addEventListener('keydown', onKeyDown);
addEventListener('click', onClick);
