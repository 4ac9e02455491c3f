/**
 * The script of an empty warm frame (`/c/<capability>/s/<scroll>/frame`): it waits for the HTML of a page and writes it
 * into the document.
 *
 * Opening a document takes as long as writing it, so the document is opened in advance. This removes all event
 * listeners, so the listener is added afterwards. The HTML arrives through a port, because a port leads from process to
 * process, while other messages pass through the browser's main process. Closing the document takes as long as opening
 * it, so it is closed after the page has been painted.
 */
import type { MessageFromPage } from '../../shared/page-messages.ts';

/** Only a `port` message carries a port, so the data of the message is not checked. */
function takePort({ source, ports: [port] }: MessageEvent<unknown>): void {
  if (source !== parent || !port) return;
  removeEventListener('message', takePort);
  port.onmessage = (event: MessageEvent<string>) => {
    port.close();
    document.write(event.data);
    setTimeout(() => document.close());
  };
}

document.open();
addEventListener('message', takePort);
parent.postMessage({ webpipe: 'warm' } satisfies MessageFromPage, '*');
