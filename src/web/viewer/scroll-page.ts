import { createActions } from './actions.ts';
import { connectFeed } from './connection/connection.ts';
import type { ConnectionStatus } from './connection/connection-state.ts';
import { createScrollModel } from './connection/scroll-model.ts';
import { followJournal } from './connection/static-journal.ts';
import { createDeleter, listenToDeleteButtons } from './delete-entry.ts';
import { createFeed } from './feed/feed.ts';
import { type Filter, parseFilter } from './feed/filter.ts';
import { createUpdateScheduler } from './feed/update-scheduler.ts';
import { createReceiver } from './feed-receiver.ts';
import { parseFragment } from './fragment.ts';
import { createFrames } from './frames/frames.ts';
import { createWarmFrames } from './frames/warm-frames.ts';
import { createNavigation } from './navigation.ts';
import { listenToPages } from './page-listener.ts';
import { createAloneView } from './ui/alone-view.ts';
import { createAnnouncer } from './ui/announce.ts';
import { byId, setText } from './ui/dom.ts';
import { formatCount } from './ui/format.ts';
import { listenToShortcuts } from './ui/keyboard.ts';
import { createPanelSlot, emptyPanel, loginPanel, notePanel } from './ui/panels.ts';
import { onRetry, showStatus } from './ui/status.ts';
import { createToast } from './ui/toast.ts';
import { fillToolbar } from './ui/toolbar.ts';
import { createUnreadCounter } from './unread.ts';
import type { Urls } from './urls.ts';

/** Shows the page of one scroll. `code`: a login code from the URL. */
export function showScrollPage(urls: Urls, code: string | undefined): void {
  const scroll = urls.scroll ?? '';
  const model = createScrollModel();
  const filterField = byId('filter') as HTMLInputElement;
  const toast = createToast();
  const panel = createPanelSlot(byId('main'));
  let filter: Filter | undefined;
  let status: ConnectionStatus = 'connecting';
  let statusReason: string | undefined;
  let selected: number | undefined;
  let hasSnapshot = false;

  const warm = createWarmFrames(urls, (message) => connection.send(message));
  const frames = createFrames({ urls, warm, requestFrames: () => requestAnimationFrame(feed.refresh) });
  const feed = createFeed({
    urls,
    frames,
    entry: (n) => model.entries.get(n),
    onMoved: () => unread.update(model.last),
    onFocus: (n) => n !== selected && select(n),
  });
  const unread = createUnreadCounter(scroll, feed);

  const select = (n: number | undefined): void => {
    selected = n;
    feed.select(n);
  };

  const setFilter = (line: string): void => {
    filterField.value = line;
    filter = parseFilter(line);
    updates.now();
  };

  const visibleRows = (): readonly number[] => {
    const numbers = model.numbers();
    const matches = filter;
    if (!matches) return numbers;
    return numbers.filter((n) => {
      const entry = model.entries.get(n);
      return entry !== undefined && matches(entry);
    });
  };

  const showPanel = (): void => {
    if (status === 'login') panel.show(loginPanel((pasted) => connection.useCode(pasted), statusReason));
    else if (statusReason) panel.show(notePanel(statusReason));
    else if (hasSnapshot && model.last === 0) panel.show(emptyPanel(model.isRunning));
    else if (filter && visibleRows().length === 0)
      panel.show(notePanel('No entry matches this filter. Escape clears it.'));
    else panel.show(undefined);
  };

  const updates = createUpdateScheduler(() => {
    const rows = visibleRows();
    const total = model.numbers().length;
    showPanel();
    feed.show(rows);
    frames.settle();
    setText(byId('count'), formatCount(total, 'entry', 'entries'));
    setText(byId('hits'), filter ? `${rows.length.toLocaleString('en')} of ${total.toLocaleString('en')}` : '');
    navigation.update();
  });

  const alone = createAloneView(urls, () => navigation.closeAlone());
  const navigation = createNavigation({
    urls,
    model,
    feed,
    alone,
    toast,
    select,
    goTo(n) {
      if (filter && !feed.rows.includes(n)) setFilter('');
      feed.goTo(n);
      select(n);
    },
  });
  const actions = createActions({
    feed,
    navigation,
    alone,
    filterField,
    clearFilter: () => setFilter(''),
    selected: () => selected,
    select,
  });

  const receive = createReceiver({
    model,
    frames,
    warm,
    alone,
    updates,
    announce: createAnnouncer(),
    notify: (text) => toast.show(text),
    willHaveSlot: () => feed.isFollowing && !filter,
    onSnapshot(isSameJournal) {
      const isFirst = !hasSnapshot;
      hasSnapshot = true;
      if (!isSameJournal) {
        feed.clear();
        unread.reset(model.last);
      }
      if (isFirst) feed.setCovered(parseFragment(location.hash).alone === true);
      updates.now();
      if (isFirst) navigation.follow();
    },
  });

  setText(byId('scroll'), scroll);
  byId('main').append(feed.element);
  byId('more').addEventListener('click', () => actions.last());
  listenToFilter(filterField, setFilter, () => {
    if (filter) actions.first();
  });
  listenToDeleteButtons(feed.element, createDeleter(scroll, toast));
  fillToolbar((action) => actions[action]());
  listenToShortcuts((action) => actions[action]());
  listenToPages({
    frames,
    warm,
    alone,
    onSelect(n) {
      selected = n;
    },
    run: (action) => actions[action](),
  });
  addEventListener('hashchange', navigation.follow);
  document.addEventListener('visibilitychange', () => unread.update(model.last));

  const options = {
    onMessage: receive,
    onStatus(next: ConnectionStatus, reason?: string) {
      status = next;
      statusReason = reason;
      showStatus(next, !model.isRunning);
      showPanel();
    },
    position: () =>
      model.journal !== undefined && model.isComplete ? { journal: model.journal, after: model.seq } : undefined,
  };
  const connection = urls.isStatic ? followJournal(options) : connectFeed(scroll, code, options);
  onRetry(connection.retry);
}

/** Calls `onInput` when the text of the filter changes, and `onEnter` when the user presses Enter in it. */
function listenToFilter(field: HTMLInputElement, onInput: (line: string) => void, onEnter: () => void): void {
  field.addEventListener('input', () => onInput(field.value));
  byId('search').addEventListener('submit', (event) => {
    event.preventDefault();
    field.blur();
    onEnter();
  });
}
