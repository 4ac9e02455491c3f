import { h, icon } from './dom.ts';
import { KEYS } from './keys.ts';

/** Shows a dialog until it is closed, by Escape, its buttons or a click beside it. */
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

/** Shows the keys, and what can be typed into the filter. */
export function showHelp(): void {
  if (document.querySelector('dialog.help')) return;
  const rows = KEYS.map(({ keys, about }) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, ...keys.map((key) => h('kbd', {}, key === 'Escape' ? 'Esc' : key))),
      h('td', {}, about),
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
        '. All must fit.',
      ),
      h('h2', {}, 'More'),
      h('p', {}, 'In a terminal: ', h('code', {}, 'wp help')),
    ),
  );
}

/** A page in a frame wants to lead elsewhere: asks the reader, and opens it in another tab, without a way back to us. */
export function askToOpen(url: string): void {
  // One question at a time, whatever a page does.
  if (document.querySelector('dialog.ask')) return;
  const open = h('a', { class: 'button main', href: url, target: '_blank', rel: 'noopener noreferrer' }, 'Open');
  const stay = h('button', { type: 'button', class: 'button' }, 'Stay here');
  const dialog = h(
    'dialog',
    { class: 'box ask', 'aria-label': 'Open a link to elsewhere?' },
    h('h2', {}, 'This leads elsewhere'),
    h('p', { class: 'url' }, url),
    h('p', { class: 'buttons' }, stay, open),
  );
  for (const button of [open, stay]) button.addEventListener('click', () => dialog.close());
  present(dialog);
  open.focus();
}
