import { parseLoginCode } from '../fragment.ts';
import { h } from './dom.ts';

/** What stands in the page when there are no entries to show. */

/** An empty scroll: what to try. */
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

/** Said where a code was of no use. */
export const STALE = 'That link has been used or is too old: wp open makes another.';

/** The server does not know this browser: how to log in. `onCode` gets what the reader pasted, as a code. */
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

/** Something that a person has to know. */
export function notePanel(text: string): HTMLElement {
  return h('section', { class: 'panel', id: 'note' }, h('p', {}, text));
}
