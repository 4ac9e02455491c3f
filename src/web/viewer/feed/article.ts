import type { FeedEntry } from '../../../shared/feed.ts';
import { safeName } from '../../../shared/names.ts';
import { h, type IconName, icon, setAttribute, setText } from '../ui/dom.ts';
import { formatAge, formatBytes, formatDuration, formatTime } from '../ui/format.ts';
import type { Urls } from '../urls.ts';

/** One entry in the document: its header, and the slot for its frame. */
export interface Article {
  readonly n: number;
  readonly element: HTMLElement;
  readonly slot: HTMLElement;
  /** Shows the current state of the entry. */
  update(entry: FeedEntry): void;
  /** Updates the age of the entry. `now`: milliseconds since the epoch. */
  updateAge(now: number): void;
}

export function createArticle(n: number, urls: Urls): Article {
  const name = h('span', { class: 'name', id: `name-${n}` });
  const type = h('span', { class: 'type' });
  const host = h('span', { class: 'host' });
  const bytes = h('span', { class: 'bytes' });
  const time = h('time');
  const duration = h('span', { class: 'duration' });
  const failure = h('p', { class: 'failure', hidden: true });
  const original = action('original', 'original', 'Download the original');
  const alone = action('alone', 'alone', 'Open alone (o)', urls.alone(n));
  const slot = h('div', { class: 'slot' });
  const element = h(
    'article',
    { 'data-n': n, tabindex: -1, 'aria-labelledby': `name-${n}`, id: `entry-${n}` },
    h(
      'header',
      {},
      h('a', { class: 'number', href: urls.permalink(n), title: 'Permalink' }, `#${n}`),
      name,
      h('span', { class: 'facts' }, type, host, bytes, duration, time),
      h('span', { class: 'actions' }, original, alone, copyButton(n, urls), !urls.isStatic && deleteButton()),
    ),
    failure,
    slot,
  );
  let shown: FeedEntry | undefined;

  return {
    n,
    element,
    slot,
    update(entry) {
      if (entry === shown) return;
      shown = entry;
      setAttribute(element, 'data-id', entry.id);
      setAttribute(element, 'data-type', entry.type);
      setAttribute(element, 'data-status', entry.status);
      setAttribute(element, 'aria-busy', entry.status === 'accepted' ? 'true' : undefined);
      setText(name, entry.title || entry.name);
      setAttribute(name, 'title', entry.name);
      setText(type, entry.type);
      setText(host, entry.host);
      setText(bytes, entry.status === 'accepted' && entry.bytes === 0 ? '' : formatBytes(entry.bytes));
      setAttribute(bytes, 'title', `${entry.bytes.toLocaleString('en')} bytes`);
      setText(duration, entry.ms === undefined ? '' : formatDuration(entry.ms));
      setAttribute(duration, 'title', 'time to render');
      setText(failure, entry.status === 'failed' ? (entry.error ?? 'could not be rendered') : '');
      failure.hidden = entry.status !== 'failed';
      linkOriginal(original, entry, urls);
      setAttribute(time, 'datetime', entry.time);
      setAttribute(time, 'title', formatTime(entry.time));
      setText(time, formatAge(entry.time, Date.now()));
    },
    updateAge(now) {
      if (shown) setText(time, formatAge(shown.time, now));
    },
  };
}

/** Creates a link that shows an icon. */
export function action(name: IconName, label: string, title: string, href?: string): HTMLAnchorElement {
  return h('a', { class: 'action', href, title, 'aria-label': label, 'data-action': label }, icon(name));
}

/** Makes `link` download the file as it was sent. */
export function linkOriginal(link: HTMLAnchorElement, entry: FeedEntry, urls: Urls): void {
  setAttribute(link, 'href', urls.original(entry));
  setAttribute(link, 'download', safeName(entry.name));
}

/** A button that `delete-entry.ts` listens to. */
function deleteButton(): HTMLButtonElement {
  const title = 'Delete';
  const attributes = { class: 'action', type: 'button', title, 'aria-label': title, 'data-action': 'delete' };
  return h('button', attributes, icon('delete'));
}

function copyButton(n: number, urls: Urls): HTMLButtonElement {
  const label = 'Copy permalink';
  const button = h('button', { class: 'action', type: 'button', title: label, 'aria-label': label }, icon('link'));
  button.addEventListener('click', () => {
    const url = new URL(urls.permalink(n), location.href).href;
    // Without a clipboard (plain HTTP from another machine) the URL is shown in the address bar instead.
    copy(url).then(
      () => button.classList.add('done'),
      () => location.assign(url),
    );
    setTimeout(() => button.classList.remove('done'), 1200);
  });
  return button;
}

async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}
