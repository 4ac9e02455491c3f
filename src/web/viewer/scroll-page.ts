import type { EventMessage, FeedMessage } from '../../shared/feed.ts';
import { parseMessageFromPage } from '../../shared/page-messages.ts';
import { type Action, actionOf } from '../../shared/shortcuts.ts';
import { type Connection, type ConnectionEvents, type ConnectionState, connectFeed } from './connection/connection.ts';
import { createScrollState } from './connection/scroll-model.ts';
import { readJournal } from './connection/static-journal.ts';
import { createFeedView } from './feed/feed.ts';
import { type Filter, parseFilter } from './feed/filter.ts';
import { createPace } from './feed/update-scheduler.ts';
import { parseFragment } from './fragment.ts';
import { createFrames } from './frames/frames.ts';
import { isFromUser } from './frames/sandbox.ts';
import { createWarmFrames } from './frames/warm-frames.ts';
import { createAloneView } from './ui/alone-view.ts';
import { createAnnouncer } from './ui/announce.ts';
import { askToOpen, showHelp } from './ui/dialogs.ts';
import { byId, setText } from './ui/dom.ts';
import { formatCount } from './ui/format.ts';
import { listenToShortcuts } from './ui/keyboard.ts';
import { emptyPanel, loginPanel, notePanel } from './ui/panels.ts';
import { onRetry, showState } from './ui/status.ts';
import { fillToolbar } from './ui/toolbar.ts';
import type { Urls } from './urls.ts';

/** The page of one scroll: brings together what feeds it, what it knows, what it shows and what the reader does. */
export function readScroll(urls: Urls, code: string | undefined): void {
  const scroll = urls.scroll ?? '';
  const state = createScrollState();
  const warm = createWarmFrames(urls, (message) => connection.send(message));
  const frames = createFrames({ urls, warm, onFramesWanted: () => requestAnimationFrame(view.loadMore) });
  const view = createFeedView(urls, frames, {
    entry: (n) => state.entries.get(n),
    onMoved: noteSeen,
    onFocus: (n) => n !== selected && select(n),
  });
  const announce = createAnnouncer();
  const alone = createAloneView(urls, closeAlone);
  const filterField = byId('filter') as HTMLInputElement;
  const more = byId('more');
  let filter: Filter | undefined;
  let connected: ConnectionState = 'connecting';
  /** What is said against us. */
  let reason: string | undefined;
  let selected: number | undefined;
  /** The URL asks for an entry that is not there yet. */
  let awaiting = false;
  /** The highest number that the reader has had in sight. */
  let seen = 0;
  let first = true;
  let openedHere = false;
  let panel: HTMLElement | undefined;

  // ---- what comes

  const takeMessage = (message: FeedMessage): void => {
    if (message.kind === 'spares') return warm.add(message.frames);
    if (message.kind === 'event' || message.kind === 'events') {
      const events = message.kind === 'event' ? [message] : message.events;
      const changes = events.map(takeEvent);
      // What is posted to a frame leaves when this turn is over; the layout would only hold it up.
      if (changes.includes('delivered')) setTimeout(pace.soon);
      else if (changes.includes('changed')) pace.soon();
      return;
    }
    const sameJournal = message.kind === 'snapshot' && message.journal === state.journal;
    const change = state.take(message);
    if (message.kind === 'snapshot' || message.kind === 'live') warm.reset(state.last === 0 ? 0 : 400);
    if (!change) return;
    if (change.what === 'all') {
      if (!sameJournal) {
        view.clear();
        seen = state.last;
      }
      if (first) view.cover(parseFragment(location.hash).alone === true);
      pace.now();
      if (first) {
        first = false;
        followFragment();
      }
      return;
    }
    pace.later();
  };

  /** Takes an event in; tells whether it changes what is shown, and whether its page has gone to a frame. */
  const takeEvent = (message: EventMessage): 'delivered' | 'changed' | undefined => {
    const change = state.take(message);
    if (change?.what !== 'entry') return undefined;
    const entry = state.entries.get(change.n);
    const { event } = change;
    // The frame is another process, which draws while we make room for it.
    const delivered =
      entry && change.page !== undefined && frames.deliver(entry, change.page, view.following && !filter);
    if (entry && event.event === 'accepted') announce(entry);
    if (entry && (event.event === 'grown' || event.event === 'ended')) {
      const grown = { webpipe: 'grown', bytes: entry.bytes, ended: event.event === 'ended' } as const;
      frames.post(change.n, grown);
      if (alone.n === change.n) alone.tell(grown);
    }
    return delivered ? 'delivered' : 'changed';
  };

  const showAll = (): void => {
    const rows = visibleRows();
    const all = state.numbers().length;
    showPanel();
    view.show(rows);
    frames.settle();
    setText(byId('count'), formatCount(all, 'entry', 'entries'));
    setText(byId('hits'), filter ? `${rows.length.toLocaleString('en')} of ${all.toLocaleString('en')}` : '');
    if (alone.n !== undefined) alone.show(state.entries.get(alone.n));
    if (awaiting) followFragment();
  };
  const pace = createPace(showAll);

  const visibleRows = (): readonly number[] => {
    const numbers = state.numbers();
    const test = filter;
    if (!test) return numbers;
    return numbers.filter((n) => {
      const entry = state.entries.get(n);
      return entry !== undefined && test(entry);
    });
  };

  const showPanel = (): void => {
    let next: HTMLElement | undefined;
    if (connected === 'login') next = loginPanel((pasted) => connection.useCode(pasted), reason);
    else if (reason) next = notePanel(reason);
    else if (!first && state.last === 0 && state.journal !== undefined) next = emptyPanel(state.running);
    else if (filter && visibleRows().length === 0) next = notePanel('No entry matches this filter. Escape clears it.');
    if (next?.id === panel?.id && next?.textContent === panel?.textContent) return;
    panel?.remove();
    panel = next;
    if (panel) byId('main').prepend(panel);
  };

  const onState = (next: ConnectionState, why?: string): void => {
    connected = next;
    reason = why;
    showState(next, !state.running);
    showPanel();
  };

  // ---- what the reader has seen

  function noteSeen(): void {
    if (document.visibilityState === 'visible') seen = Math.max(seen, view.following ? state.last : view.lastSeen());
    const unseen = view.rows.length - upTo(view.rows, seen);
    more.hidden = view.following || unseen === 0;
    setText(more, `${unseen} new`);
    document.title = `${unseen > 0 ? `(${unseen}) ` : ''}${scroll} — webpipe`;
  }

  // ---- where the URL leads

  function followFragment(): void {
    const asked = parseFragment(location.hash);
    const n = asked.id === undefined ? asked.n : state.numberOf(asked.id);
    const entry = n === undefined ? undefined : state.entries.get(n);
    const waited = awaiting;
    awaiting = entry === undefined && (asked.n ?? asked.id) !== undefined;
    if (!asked.alone) alone.show(undefined);
    // A scroll that moves below what fills the window could be seen in it for a moment.
    view.cover(asked.alone === true && entry !== undefined);
    // What is still on its way has its place already.
    if (n !== undefined && !waited) arriveAt(n);
    if (!awaiting) alone.show(asked.alone ? entry : undefined);
  }

  const arriveAt = (n: number): void => {
    if (filter && !view.rows.includes(n)) setFilter('');
    if (alone.n !== undefined || n > state.last) return;
    view.goTo(n);
    select(n);
  };

  function closeAlone(): void {
    const n = alone.n;
    alone.show(undefined);
    view.cover(false);
    if (openedHere) history.back();
    else if (n !== undefined) history.replaceState(null, '', urls.permalink(n));
    openedHere = false;
    if (n !== undefined) select(n);
  }

  // ---- what the reader does

  const select = (n: number | undefined): void => {
    selected = n;
    view.select(n);
  };

  const step = (by: 1 | -1): void => {
    const { rows } = view;
    const at = selected === undefined ? -1 : rows.indexOf(selected);
    // Without a selection the first step selects what is in sight.
    const to = at < 0 ? (view.following ? rows.at(-1) : view.atTop()) : (rows[at + by] ?? rows[at]);
    if (to === undefined) return;
    view.reveal(to);
    select(to);
  };

  const setFilter = (line: string): void => {
    filterField.value = line;
    filter = parseFilter(line);
    pace.now();
  };

  const actions: Record<Action, () => void> = {
    next: () => step(1),
    previous: () => step(-1),
    first: () => {
      const n = view.rows[0];
      if (n === undefined) return;
      view.goTo(n);
      select(n);
    },
    last: () => {
      view.goToEnd();
      select(view.rows.at(-1));
    },
    filter: () => {
      filterField.focus();
      filterField.select();
    },
    alone: () => {
      const n = selected ?? view.atTop();
      if (n === undefined) return;
      openedHere = true;
      location.hash = `#${n}/alone`;
    },
    help: showHelp,
    escape: () => {
      if (alone.n !== undefined) closeAlone();
      else if (filterField.value !== '') setFilter('');
      filterField.blur();
    },
  };

  const listenToFrames = (event: MessageEvent<unknown>): void => {
    const message = parseMessageFromPage(event.data);
    const { source } = event;
    if (!message || !source) return;
    if (message.webpipe === 'warm') return warm.onReady(source);
    if (message.webpipe === 'here') return frames.onAnswer(source);
    const isAlone = alone.owns(source);
    const n = isAlone ? alone.n : frames.ownerOf(source);
    if (n === undefined) return;
    if ((message.webpipe === 'link' || message.webpipe === 'key') && !isFromUser(source, message)) return;
    if (message.webpipe === 'link') askToOpen(message.url);
    else if (message.webpipe === 'key') {
      const action = actionOf(message.key);
      if (isAlone && action !== 'escape') return;
      if (!isAlone) selected = n;
      if (action) actions[action]();
    } else if (isAlone) alone.arrived();
    else frames.onDisplayable(source, message.webpipe === 'height' ? message.height : undefined);
  };

  // ---- the page

  setText(byId('scroll'), scroll);
  byId('main').append(view.element);
  more.addEventListener('click', () => actions.last());
  byId('search').addEventListener('submit', (event) => {
    event.preventDefault();
    // Enter leaves the field for what it has found.
    filterField.blur();
    if (filter) actions.first();
  });
  filterField.addEventListener('input', () => setFilter(filterField.value));
  fillToolbar((action) => actions[action]());
  listenToShortcuts((action) => actions[action]());
  addEventListener('message', listenToFrames);
  addEventListener('hashchange', followFragment);
  document.addEventListener('visibilitychange', noteSeen);

  const events: ConnectionEvents = {
    onMessage: takeMessage,
    onState,
    resume: () =>
      state.journal !== undefined && state.complete ? { journal: state.journal, after: state.seq } : undefined,
  };
  const connection: Connection = urls.isStatic ? readJournal(events) : connectFeed(scroll, code, events);
  onRetry(connection.retry);
}

/** How many of these ascending numbers are at most `limit`. */
function upTo(numbers: readonly number[], limit: number): number {
  let count = numbers.length;
  while (count > 0 && numbers[count - 1]! > limit) count -= 1;
  return count;
}
