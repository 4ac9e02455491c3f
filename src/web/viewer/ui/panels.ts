import { parseLoginCode } from '../fragment.ts';
import { h } from './dom.ts';

/** The place above the feed for a panel, such as the form to log in. */
export interface PanelSlot {
  /** Shows a panel, or none. A panel with the same content is not replaced, so that the user's input is preserved. */
  show(panel: HTMLElement | undefined): void;
}

export function createPanelSlot(parent: HTMLElement): PanelSlot {
  let current: HTMLElement | undefined;
  return {
    show(panel) {
      if (panel?.id === current?.id && panel?.textContent === current?.textContent) return;
      current?.remove();
      current = panel;
      if (panel) parent.prepend(panel);
    },
  };
}

/** The panel of an empty scroll: commands to try. */
export function emptyPanel(running: boolean): HTMLElement {
  const commands = ['wp show plot.png', 'ls -l | wp show', 'wp help'];
  return h(
    'section',
    { class: 'panel', id: 'empty' },
    h('h2', {}, 'No entries yet'),
    h('p', {}, running ? 'In a terminal, try:' : 'This scroll is empty. In a terminal, try:'),
    h('pre', {}, ...commands.flatMap((command) => [h('code', {}, command), '\n'])),
  );
}

/** The message for a login code that is no longer valid. */
export const STALE_LINK = 'This link has been used or has expired. Run wp open for a new one.';

/** The form to log in, for a browser that the server does not know. `onCode` receives the pasted login code. */
export function loginPanel(onCode: (code: string) => void, refusal?: string): HTMLElement {
  const field = h('input', {
    type: 'text',
    name: 'link',
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: 'http://localhost:8989/#login=…',
    'aria-label': 'Link or code',
  });
  const form = h('form', { class: 'row' }, field, h('button', { class: 'button main', type: 'submit' }, 'Log in'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (field.value.trim() !== '') onCode(parseLoginCode(field.value));
  });
  return h(
    'section',
    { class: 'panel', id: 'login' },
    h('h2', {}, 'Log in'),
    h(
      'p',
      {},
      'This server shows its scrolls only to the person who runs it. Run ',
      h('code', {}, 'wp open'),
      ' in a terminal there, or paste the link that ',
      h('code', {}, 'wp run'),
      ' printed:',
    ),
    form,
    refusal !== undefined && h('p', { class: 'refusal', role: 'alert' }, refusal),
  );
}

/** Creates a panel with a message. */
export function notePanel(text: string): HTMLElement {
  return h('section', { class: 'panel', id: 'note' }, h('p', {}, text));
}
