import type { ConnectionStatus } from '../connection/connection-state.ts';
import { byId, setAttribute, setText } from './dom.ts';

const TEXTS: Record<ConnectionStatus, { readonly text: string; readonly title: string }> = {
  connecting: { text: 'connecting…', title: 'Connecting to the server' },
  live: { text: 'live', title: 'New entries appear here at once' },
  reconnecting: { text: 'reconnecting…', title: 'The connection was lost; click to try now' },
  offline: { text: 'offline', title: 'There is no server; click to try now' },
  login: { text: 'login needed', title: 'The server does not know this browser' },
  static: { text: 'static copy', title: 'A copy of a scroll, checked for new entries every few seconds' },
};

/** Shows the status of the connection. `isInactive`: the scroll is not the one that the server writes. */
export function showStatus(status: ConnectionStatus, isInactive: boolean): void {
  const button = byId('state');
  const { text, title } =
    status === 'live' && isInactive
      ? { text: 'connected', title: 'No running server writes this scroll: it gets no new entries' }
      : TEXTS[status];
  setAttribute(button, 'data-state', status === 'live' && isInactive ? 'inactive' : status);
  setAttribute(button, 'title', title);
  setText(button.querySelector('span') ?? button, text);
}

/** Calls `retry` when the user clicks on the status. */
export function onRetry(retry: () => void): void {
  byId('state').addEventListener('click', retry);
}
