import { type Action, keyOf } from '../../../shared/shortcuts.ts';
import { h, icon } from './dom.ts';

/** Shows a dialog until it is closed by Escape, its buttons or a click beside it. */
function present(dialog: HTMLDialogElement): HTMLDialogElement {
  document.body.append(dialog);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  dialog.showModal();
  return dialog;
}

/** A button that closes the dialog it is in. */
export function closeButton(label = 'Close'): HTMLButtonElement {
  const button = h(
    'button',
    { type: 'button', class: 'action close', title: `${label} (Esc)`, 'aria-label': label },
    icon('close'),
  );
  button.addEventListener('click', () => button.closest('dialog')?.close());
  return button;
}

/** The descriptions of the shortcuts, in the order of the help. */
const DESCRIPTIONS: Readonly<Record<Action, string>> = {
  next: 'next entry',
  previous: 'previous entry',
  first: 'first entry',
  last: 'last entry, and follow new ones',
  filter: 'filter by name, type or host',
  alone: 'open the entry alone',
  escape: 'back; clear the filter',
  help: 'this help',
};

/** Shows the keyboard shortcuts and the syntax of the filter. */
export function showHelp(): void {
  if (document.querySelector('dialog.help')) return;
  const rows = (Object.entries(DESCRIPTIONS) as [Action, string][]).map(([action, description]) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, h('kbd', {}, keyOf(action).replace('Escape', 'Esc'))),
      h('td', {}, description),
    ),
  );
  present(
    h(
      'dialog',
      { class: 'box help', 'aria-label': 'Help' },
      h('header', {}, h('h2', {}, 'Keys'), closeButton()),
      h('table', {}, h('tbody', {}, ...rows)),
      h('h2', {}, 'Filter'),
      h(
        'p',
        {},
        'Words that the name, title, type or host contains, and ',
        h('code', {}, 'type:png'),
        ' ',
        h('code', {}, 'host:foo'),
        ' ',
        h('code', {}, 'name:plot'),
        ' ',
        h('code', {}, 'status:failed'),
        '. All must match.',
      ),
      h('h2', {}, 'More'),
      h('p', {}, 'In a terminal: ', h('code', {}, 'wp help')),
    ),
  );
}

/** Asks the user whether to open a link of a page. It opens in another tab that has no access to this one. */
export function askToOpen(url: string): void {
  // A page can send any number of links, so only one dialog is shown at a time.
  if (document.querySelector('dialog.ask')) return;
  const open = h('a', { class: 'button main', href: url, target: '_blank', rel: 'noopener noreferrer' }, 'Open');
  const stay = h('button', { type: 'button', class: 'button' }, 'Stay here');
  const dialog = h(
    'dialog',
    { class: 'box ask', 'aria-label': 'Open an external link?' },
    h('h2', {}, 'Open this external link?'),
    h('p', { class: 'url' }, url),
    h('p', { class: 'buttons' }, stay, open),
  );
  for (const button of [open, stay]) button.addEventListener('click', () => dialog.close());
  present(dialog);
  open.focus();
}
