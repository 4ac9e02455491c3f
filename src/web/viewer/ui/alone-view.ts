import type { FeedEntry } from '../../../shared/feed.ts';
import type { MessageToPage } from '../../../shared/page-messages.ts';
import { action, linkOriginal } from '../feed/article.ts';
import { createSandboxedFrame, postToPage } from '../frames/sandbox.ts';
import type { Urls } from '../urls.ts';
import { closeButton } from './dialogs.ts';
import { h, setText } from './dom.ts';

/** One entry in a frame that fills the window, above the feed. */
export interface AloneView {
  /** The number of the entry that is shown, if one is. */
  readonly n: number | undefined;
  /** Shows the entry in its latest revision; undefined closes the view. */
  show(entry: FeedEntry | undefined): void;
  /** Sends a message to the page. */
  post(message: MessageToPage): void;
  /** Whether this is the window of the frame. */
  owns(source: MessageEventSource): boolean;
  /** The page in the frame can receive messages. */
  onReady(): void;
}

/** @param onClose called when the user closes the view */
export function createAloneView(urls: Urls, onClose: () => void): AloneView {
  const number = h('span', { class: 'number' });
  const name = h('span', { class: 'name' });
  const close = closeButton('Back to the scroll');
  const original = action('original', 'original', 'Download the original');
  const body = h('div', { class: 'body' });
  const dialog = h(
    'dialog',
    { class: 'alone', 'aria-label': 'Entry alone' },
    h('header', {}, number, name, h('span', { class: 'actions' }, original, close)),
    body,
  );
  let shown: FeedEntry | undefined;
  let frame: HTMLIFrameElement | undefined;
  document.body.append(dialog);
  dialog.addEventListener('close', () => {
    if (shown) onClose();
  });

  const load = (entry: FeedEntry): void => {
    const next = createSandboxedFrame(`#${entry.n} ${entry.title ?? entry.name}`);
    next.src = urls.frame(entry);
    next.addEventListener('load', () => {
      postToPage(next, { webpipe: 'alone' });
      if (frame === next) next.focus();
    });
    body.replaceChildren(next);
    frame = next;
  };

  return {
    get n() {
      return shown?.n;
    },
    show(entry) {
      const before = shown;
      shown = entry;
      if (!entry) {
        if (dialog.open) dialog.close();
        body.replaceChildren();
        frame = undefined;
        return;
      }
      setText(number, `#${entry.n}`);
      setText(name, entry.title || entry.name);
      linkOriginal(original, entry, urls);
      if (entry.status === 'accepted') setText(body, 'rendering…');
      else if (before?.id !== entry.id || before.revision !== entry.revision) load(entry);
      if (!dialog.open) dialog.showModal();
    },
    post(message) {
      if (frame) postToPage(frame, message);
    },
    owns: (source) => frame?.contentWindow === source,
    onReady() {
      if (frame) postToPage(frame, { webpipe: 'alone' });
    },
  };
}
