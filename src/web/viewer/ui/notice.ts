import { h } from './dom.ts';

/** Why a notice covers the page of an entry: the page does not respond, or the user has stopped it. */
export type NoticeKind = 'unresponsive' | 'stopped';

const TEXTS: Readonly<Record<NoticeKind, { readonly text: string; readonly action: string }>> = {
  unresponsive: { text: 'This page is not responding.', action: 'Stop it' },
  stopped: { text: 'This page was stopped.', action: 'Show it again' },
};

/** Creates a notice for the slot of an entry, with a button that calls `onAction`. */
export function createNotice(kind: NoticeKind, onAction: () => void): HTMLElement {
  const { text, action } = TEXTS[kind];
  const button = h('button', { type: 'button', class: 'button small' }, action);
  button.addEventListener('click', onAction);
  return h('p', { class: kind, role: 'status' }, text, button);
}
