import type { ScrollSummary } from '../../shared/feed.ts';
import { firstToken, login, onTokenStored } from './connection/login.ts';
import { byId, h } from './ui/dom.ts';
import { formatAge, formatCount, formatTime } from './ui/format.ts';
import { loginPanel, notePanel, STALE } from './ui/panels.ts';
import { onRetry, showState } from './ui/status.ts';

const EVERY = 5000;

/** The page with all scrolls, newest first. */
export function showScrolls(code: string | undefined): void {
  const main = byId('main');
  const list = h('ul', { class: 'scrolls', 'aria-label': 'Scrolls' });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let given = code;
  document.title = 'scrolls — webpipe';
  byId('search').hidden = true;
  byId('scroll').textContent = 'all scrolls';

  const look = async (): Promise<void> => {
    clearTimeout(timer);
    try {
      const code = given;
      given = undefined;
      const scrolls = await fetchScrolls(code);
      if (!scrolls) {
        showState('login', false);
        main.replaceChildren(loginPanel(useCode, code === undefined ? undefined : STALE));
        return;
      }
      const running = scrolls.find((scroll) => scroll.running);
      // Whoever follows the link that a server printed wants to see what runs.
      if (code !== undefined && running) return location.replace(urlOf(running));
      showState('live', false);
      list.replaceChildren(...scrolls.map(lineOf));
      main.replaceChildren(
        scrolls.length > 0 ? list : notePanel('There are no scrolls yet: run wp run in a terminal.'),
      );
    } catch {
      showState('offline', false);
    }
    timer = setTimeout(() => document.visibilityState === 'visible' && void look(), EVERY);
  };
  const useCode = (pasted: string): void => {
    given = pasted;
    void look();
  };
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void look());
  onTokenStored(() => void look());
  onRetry(() => void look());
  void look();
}

/** The list, undefined if the server does not know us. Throws if there is no server. */
async function fetchScrolls(code: string | undefined): Promise<readonly ScrollSummary[] | undefined> {
  const ask = (token: string) => fetch('/api/scrolls', { headers: { authorization: `Bearer ${token}` } });
  const token = await firstToken(code);
  let response = token === undefined ? undefined : await ask(token);
  if (response?.status === 401) {
    const another = await login();
    response = another === undefined ? undefined : await ask(another);
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
