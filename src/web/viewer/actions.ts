import type { Action } from '../../shared/shortcuts.ts';
import type { Feed } from './feed/feed.ts';
import type { Navigation } from './navigation.ts';
import type { AloneView } from './ui/alone-view.ts';
import { showHelp } from './ui/dialogs.ts';

export interface ActionOptions {
  readonly feed: Feed;
  readonly navigation: Navigation;
  readonly alone: AloneView;
  readonly filterField: HTMLInputElement;
  readonly clearFilter: () => void;
  readonly selected: () => number | undefined;
  readonly select: (n: number | undefined) => void;
}

/** Returns the functions that shortcuts and the buttons of the toolbar call. */
export function createActions(options: ActionOptions): Readonly<Record<Action, () => void>> {
  const { feed, navigation, alone, filterField, clearFilter, selected, select } = options;

  /** Selects the entry `offset` rows after the selected one or, without a selection, an entry that is in sight. */
  const step = (offset: 1 | -1): void => {
    const { rows } = feed;
    const current = selected();
    const index = current === undefined ? -1 : rows.indexOf(current);
    const next = index >= 0 ? (rows[index + offset] ?? rows[index]) : feed.isFollowing ? rows.at(-1) : feed.first();
    if (next === undefined) return;
    feed.reveal(next);
    select(next);
  };

  return {
    next: () => step(1),
    previous: () => step(-1),
    first() {
      const n = feed.rows[0];
      if (n === undefined) return;
      feed.goTo(n);
      select(n);
    },
    last() {
      feed.goToEnd();
      select(feed.rows.at(-1));
    },
    filter() {
      filterField.focus();
      filterField.select();
    },
    alone() {
      const n = selected() ?? feed.first();
      if (n !== undefined) navigation.openAlone(n);
    },
    help: showHelp,
    escape() {
      if (alone.n !== undefined) navigation.closeAlone();
      else if (filterField.value !== '') clearFilter();
      filterField.blur();
    },
  };
}
