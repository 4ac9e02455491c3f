import { count } from '../../../shared/kit/text/numbers.ts';
import type { TreeSource, TreeView } from './tree-view.ts';

/** More places than anybody looks at. */
const MAX_MATCHES = 10_000;

/**
 * Makes the field `find` search the keys and values of a tree: Enter goes to the next place, Shift-Enter to the one
 * before. `ready` gives what is searched, when the whole of it is there; `say` hears where we are.
 */
export function attachSearch(
  ready: () => Promise<{ source: TreeSource; tree: TreeView } | undefined>,
  say: (text: string) => void,
): void {
  const field = document.getElementById('find');
  if (!(field instanceof HTMLInputElement)) return;
  let found: { text: string; source: TreeSource; places: number[]; at: number } | undefined;
  let turn = 0;

  async function go(text: string, step: 1 | -1): Promise<void> {
    const mine = ++turn;
    if (!text) return say('');
    const searched = await ready();
    if (!searched || mine !== turn) return;
    const { source, tree } = searched;
    if (found?.text !== text || found.source !== source) {
      const places = await source.find(text, MAX_MATCHES);
      if (mine !== turn) return;
      found = { text, source, places, at: step > 0 ? -1 : 0 };
    }
    const { places } = found;
    if (places.length === 0) return say('Not found.');
    found.at = (found.at + step + places.length) % places.length;
    const path = await tree.reveal(await source.pathTo(places[found.at] ?? 0), text);
    const all = places.length < MAX_MATCHES ? count(places.length) : `more than ${count(MAX_MATCHES)}`;
    if (mine === turn) say(`${count(found.at + 1)} of ${all}: ${path || 'the whole'}`);
  }

  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') void go(field.value, event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') field.blur();
  });
  field.addEventListener('search', () => {
    if (!field.value) say('');
  });
}
