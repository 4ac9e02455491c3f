import { parseLoginCode } from '../fragment.ts';
import { h } from './dom.ts';

/** The place above the feed for a panel, which stands there instead of entries. */
export interface PanelSlot {
  /** Shows a panel, or none. A panel with the same content stays, with what the user has typed into it. */
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

/** For an empty scroll: commands to try. */
export function emptyPanel(running: boolean): HTMLElement {
  const commands = ['wp show plot.png', 'ls -l | wp show', 'wp help'];
  return h(
    'section',
    { class: 'panel', id: 'empty' },
    h('h2', {}, 'Nothing here yet'),
    h('p', {}, running ? 'In a terminal, try:' : 'This scroll is empty. In a terminal, try:'),
    h('pre', {}, ...commands.flatMap((command) => [h('code', {}, command), '\n'])),
  );
}

/** The refusal of a login code that is not valid any more. */
export const STALE_LINK = 'That link has been used or is too old: wp open makes another.';

/** For a browser that the server does not know: how to log in. `onCode` receives the login code that the user pasted. */
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
    h('h2', {}, 'Who is there?'),
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

/** For anything else that the user has to know. */
export function notePanel(text: string): HTMLElement {
  return h('section', { class: 'panel', id: 'note' }, h('p', {}, text));
}
