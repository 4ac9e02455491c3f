import type { ScrollSummary } from '../../shared/feed.ts';
import { login, obtainToken, onTokenStored } from './connection/login.ts';
import { byId, h } from './ui/dom.ts';
import { formatAge, formatCount, formatTime } from './ui/format.ts';
import { loginPanel, notePanel, STALE_LINK } from './ui/panels.ts';
import { onRetry, showStatus } from './ui/status.ts';

/** How often the list is fetched again, milliseconds. */
const INTERVAL = 5000;

/** Shows the page that lists all scrolls, newest first. `code`: a login code from the URL. */
export function showScrollListPage(code: string | undefined): void {
  const main = byId('main');
  const list = h('ul', { class: 'scrolls', 'aria-label': 'Scrolls' });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pendingCode = code;
  document.title = 'scrolls — webpipe';
  byId('search').hidden = true;
  byId('scroll').textContent = 'all scrolls';

  const load = async (): Promise<void> => {
    clearTimeout(timer);
    try {
      const code = pendingCode;
      pendingCode = undefined;
      const scrolls = await fetchScrolls(code);
      if (!scrolls) {
        showStatus('login', false);
        main.replaceChildren(loginPanel(useCode, code === undefined ? undefined : STALE_LINK));
        return;
      }
      const running = scrolls.find((scroll) => scroll.running);
      // A login link is for the running scroll.
      if (code !== undefined && running) return location.replace(urlOf(running));
      showStatus('live', false);
      list.replaceChildren(...scrolls.map(lineOf));
      main.replaceChildren(
        scrolls.length > 0 ? list : notePanel('There are no scrolls yet: run wp run in a terminal.'),
      );
    } catch {
      showStatus('offline', false);
    }
    timer = setTimeout(() => document.visibilityState === 'visible' && void load(), INTERVAL);
  };
  const useCode = (pasted: string): void => {
    pendingCode = pasted;
    void load();
  };
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void load());
  onTokenStored(() => void load());
  onRetry(() => void load());
  void load();
}

/** Fetches the list. Returns undefined if the server refuses. Throws if the server cannot be reached. */
async function fetchScrolls(code: string | undefined): Promise<readonly ScrollSummary[] | undefined> {
  const request = (token: string) => fetch('/api/scrolls', { headers: { authorization: `Bearer ${token}` } });
  const token = await obtainToken(code);
  let response = token === undefined ? undefined : await request(token);
  if (response?.status === 401) {
    const another = await login();
    response = another === undefined ? undefined : await request(another);
  }
  if (!response || response.status === 401) return undefined;
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  return (await response.json()) as ScrollSummary[];
}

function urlOf(scroll: ScrollSummary): string {
  return `/s/${encodeURIComponent(scroll.name)}/`;
}

function lineOf(scroll: ScrollSummary): HTMLElement {
  return h(
    'li',
    { 'data-scroll': scroll.name },
    h(
      'a',
      { href: urlOf(scroll) },
      h('span', { class: 'name' }, scroll.name),
      scroll.running && h('span', { class: 'running' }, 'running'),
      h(
        'span',
        { class: 'facts' },
        h('span', {}, formatCount(scroll.entries, 'entry', 'entries')),
        h(
          'time',
          { datetime: scroll.updated, title: formatTime(scroll.updated) },
          formatAge(scroll.updated, Date.now()),
        ),
      ),
    ),
  );
}
