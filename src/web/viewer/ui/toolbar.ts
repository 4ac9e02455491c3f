import type { Action } from '../../../shared/shortcuts.ts';
import { byId, h, type IconName, icon } from './dom.ts';

const BUTTONS: readonly { readonly action: Action & IconName; readonly title: string }[] = [
  { action: 'first', title: 'First entry (g)' },
  { action: 'previous', title: 'Previous entry (k)' },
  { action: 'next', title: 'Next entry (j)' },
  { action: 'last', title: 'Last entry (G)' },
  { action: 'help', title: 'Help (?)' },
];

/** Adds buttons for shortcuts to the bar at the top of the page. */
export function fillToolbar(run: (action: Action) => void): void {
  for (const { action, title } of BUTTONS) {
    const button = h('button', { type: 'button', title, 'aria-label': title, 'data-action': action }, icon(action));
    button.addEventListener('click', () => run(action));
    byId('tools').append(button);
  }
}
