import type { ConnectionStatus } from '../connection/connection-state.ts';
import { byId, setAttribute, setText } from './dom.ts';

const TEXTS: Record<ConnectionStatus, { readonly text: string; readonly title: string }> = {
  connecting: { text: 'connecting…', title: 'Asking the server' },
  live: { text: 'live', title: 'What is shown appears here at once' },
  reconnecting: { text: 'reconnecting…', title: 'The connection was lost; click to try now' },
  offline: { text: 'offline', title: 'There is no server; click to try now' },
  login: { text: 'login needed', title: 'The server does not know this browser' },
  static: { text: 'static copy', title: 'A copy of a scroll; it is looked at again every few seconds' },
};

/** Shows the status of the connection. `isResting`: the scroll is not the one that the server writes. */
export function showStatus(status: ConnectionStatus, isResting: boolean): void {
  const button = byId('state');
  const { text, title } =
    status === 'live' && isResting
      ? { text: 'connected', title: 'This scroll is not the one that runs: nothing new comes into it' }
      : TEXTS[status];
  setAttribute(button, 'data-state', status === 'live' && isResting ? 'resting' : status);
  setAttribute(button, 'title', title);
  setText(button.querySelector('span') ?? button, text);
}

/** Calls `retry` when the user clicks on the status. */
export function onRetry(retry: () => void): void {
  byId('state').addEventListener('click', retry);
}
