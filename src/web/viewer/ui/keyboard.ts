import { type Action, actionOf, isPlainKey } from '../../../shared/shortcuts.ts';

/** Calls `run` for shortcuts pressed in this window, except while the user types into a field or a dialog is open. */
export function listenToShortcuts(run: (action: Action) => void): void {
  addEventListener('keydown', (event) => {
    const action = isPlainKey(event) ? actionOf(event.key) : undefined;
    if (!action || document.querySelector('dialog[open]')) return;
    const isTyping = event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
    if (isTyping && action !== 'escape') return;
    event.preventDefault();
    run(action);
  });
}
