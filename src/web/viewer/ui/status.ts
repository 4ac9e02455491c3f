import type { ConnectionState } from '../connection/connection.ts';
import { byId, setAttribute, setText } from './dom.ts';

const WORDS: Record<ConnectionState, { readonly text: string; readonly title: string }> = {
  connecting: { text: 'connecting…', title: 'Asking the server' },
  live: { text: 'live', title: 'What is shown appears here at once' },
  reconnecting: { text: 'reconnecting…', title: 'The connection was lost; click to try now' },
  offline: { text: 'offline', title: 'There is no server; click to try now' },
  login: { text: 'login needed', title: 'The server does not know this browser' },
  static: { text: 'static copy', title: 'A copy of a scroll; it is looked at again every few seconds' },
};

/** Shows how the viewer stands with the server. `resting`: the server is there, and does not write this scroll. */
export function showState(state: ConnectionState, resting: boolean): void {
  const button = byId('state');
  const words =
    state === 'live' && resting
      ? { text: 'connected', title: 'This scroll is not the one that runs: nothing new comes into it' }
      : WORDS[state];
  setAttribute(button, 'data-state', state === 'live' && resting ? 'resting' : state);
  setAttribute(button, 'title', words.title);
  setText(button.querySelector('span') ?? button, words.text);
}

/** Calls `retry` when the reader clicks on the state. */
export function onRetry(retry: () => void): void {
  byId('state').addEventListener('click', retry);
}
