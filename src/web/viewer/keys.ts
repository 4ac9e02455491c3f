/** What the keyboard can ask for. */
export type Action = 'next' | 'previous' | 'first' | 'last' | 'filter' | 'alone' | 'help' | 'escape';

/** All keys, as the help shows them. */
export const KEYS: readonly { readonly keys: readonly string[]; readonly action: Action; readonly about: string }[] = [
  { keys: ['j'], action: 'next', about: 'next entry' },
  { keys: ['k'], action: 'previous', about: 'previous entry' },
  { keys: ['g'], action: 'first', about: 'first entry' },
  { keys: ['G'], action: 'last', about: 'last entry, and follow what comes' },
  { keys: ['/'], action: 'filter', about: 'filter by name, type or host' },
  { keys: ['o'], action: 'alone', about: 'open the entry alone' },
  { keys: ['Escape'], action: 'escape', about: 'back; clear the filter' },
  { keys: ['?'], action: 'help', about: 'this help' },
];

/** What this key asks for, if anything. */
export function actionOf(key: string): Action | undefined {
  return KEYS.find(({ keys }) => keys.includes(key))?.action;
}

/** Calls `act` for the keys that are pressed in this window, and not for those that somebody types into a field. */
export function listenToKeys(act: (action: Action) => void): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = actionOf(event.key);
    const typing = event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
    const inDialog = document.querySelector('dialog[open]') !== null;
    if (!action || ((typing || inDialog) && action !== 'escape') || (inDialog && action === 'escape')) return;
    event.preventDefault();
    act(action);
  });
}
