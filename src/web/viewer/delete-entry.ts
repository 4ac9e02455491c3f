import { storedToken } from './connection/login.ts';
import { formatCount } from './ui/format.ts';
import type { Toast } from './ui/toast.ts';

/** How long a deletion can be undone, seconds. The server waits this long, even if this page is closed. */
const UNDO_TIME = 10;

/**
 * Deletes entries of a scroll at the reader's request. The server hides an entry at once, for all viewers, and deletes
 * it after `UNDO_TIME`. Until then a toast offers to restore it, together with all others that it counts.
 * @returns a function that deletes entry `n`
 */
export function createDeleter(scroll: string, toast: Toast): (n: number) => void {
  /** The entries that can be restored. */
  let restorable: number[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const restore = (): void => {
    const numbers = restorable;
    restorable = [];
    toast.hide();
    Promise.all(numbers.map((n) => request('POST', scroll, `${n}/undelete`))).catch((error: Error) =>
      toast.show(`Undo failed: ${error.message}`),
    );
  };

  const offerUndo = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      restorable = [];
    }, UNDO_TIME * 1000);
    const [only] = restorable;
    const text =
      restorable.length === 1
        ? `Entry ${only} deleted`
        : `${formatCount(restorable.length, 'entry', 'entries')} deleted`;
    toast.show(text, { action: { label: 'Undo', run: restore }, duration: UNDO_TIME * 1000 });
  };

  return (n) => {
    request('DELETE', scroll, `${n}?after=${UNDO_TIME}`).then(
      () => {
        restorable.push(n);
        offerUndo();
      },
      (error: Error) => toast.show(`Entry ${n} was not deleted: ${error.message}`),
    );
  };
}

/** Calls `onDelete` with the number of the entry whose delete button in `feed` is pressed. */
export function listenToDeleteButtons(feed: HTMLElement, onDelete: (n: number) => void): void {
  feed.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('[data-action="delete"]') : null;
    const n = Number(button?.closest('article')?.dataset.n);
    if (n > 0) onDelete(n);
  });
}

/**
 * Sends a request about an entry.
 * @throws an error with the message of the server, for the user
 */
async function request(method: 'DELETE' | 'POST', scroll: string, path: string): Promise<void> {
  const response = await fetch(`/api/scrolls/${encodeURIComponent(scroll)}/entries/${path}`, {
    method,
    headers: { authorization: `Bearer ${storedToken() ?? ''}` },
  });
  if (response.ok) return;
  const { error = `the server answered ${response.status}` } = (await response.json().catch(() => ({}))) as {
    readonly error?: string;
  };
  throw new Error(error);
}
