import { count } from '../../../shared/kit/text/numbers.ts';
import type { TreeSource, TreeView } from './tree-view.ts';

/** The search stops after this many matches. */
const MAX_MATCHES = 10_000;

/**
 * Connects the search field `#find` to a tree: Enter goes to the next match in keys and values, Shift-Enter to the
 * previous one.
 * @param ready resolves to the tree when the whole file is loaded; undefined if that failed
 * @param onStatus receives the position, for display
 */
export function attachSearch(
  ready: () => Promise<{ source: TreeSource; tree: TreeView } | undefined>,
  onStatus: (text: string) => void,
): void {
  const field = document.getElementById('find');
  if (!(field instanceof HTMLInputElement)) return;
  let found: { text: string; source: TreeSource; places: number[]; at: number } | undefined;
  let turn = 0;

  async function go(text: string, step: 1 | -1): Promise<void> {
    const ownTurn = ++turn;
    if (!text) return onStatus('');
    const searched = await ready();
    if (!searched || ownTurn !== turn) return;
    const { source, tree } = searched;
    if (found?.text !== text || found.source !== source) {
      const places = await source.find(text, MAX_MATCHES);
      if (ownTurn !== turn) return;
      found = { text, source, places, at: step > 0 ? -1 : 0 };
    }
    const { places } = found;
    if (places.length === 0) return onStatus('Not found.');
    found.at = (found.at + step + places.length) % places.length;
    const path = await tree.reveal(await source.pathTo(places[found.at] ?? 0), text);
    const all = places.length < MAX_MATCHES ? count(places.length) : `more than ${count(MAX_MATCHES)}`;
    if (ownTurn === turn) onStatus(`${count(found.at + 1)} of ${all}: ${path || 'the whole'}`);
  }

  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') void go(field.value, event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') field.blur();
  });
  field.addEventListener('search', () => {
    if (!field.value) onStatus('');
  });
}
