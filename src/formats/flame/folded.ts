import { badLines, partialReadNotes } from '../../node/kit/text/bad-lines.ts';
import { eachLine } from '../../node/kit/text/each-line.ts';
import type { Profiles } from './shared/profile.ts';
import { createTree, MAX_DEPTH } from './shared/stack-tree.ts';

/**
 * Reads folded stacks, as written by `stackcollapse-*` and `py-spy --format raw`: `a;b;c 42`, the outermost frame first.
 * Invalid lines are counted.
 */
export function readFolded(path: string, size: number): Profiles {
  const tree = createTree();
  const problemLines = badLines('are not a stack and a number');
  let lineNumber = 0;
  const bytesRead = eachLine(path, (bytes, _view, begin, end) => {
    lineNumber++;
    const line = bytes.toString('utf8', begin, end).trimEnd();
    if (line === '' || line.startsWith('#')) return;
    const space = line.lastIndexOf(' ');
    const weight = Number(line.slice(space + 1));
    if (space < 1 || !(weight >= 0 && weight < Infinity)) return problemLines.add(lineNumber);
    let node = 0;
    let depth = 0;
    for (let from = 0; from < space && depth < MAX_DEPTH; depth++) {
      const semicolon = line.indexOf(';', from);
      const to = semicolon < 0 || semicolon > space ? space : semicolon;
      if (to > from) node = tree.child(node, tree.name(line.slice(from, to)));
      from = to + 1;
    }
    tree.add(node, weight);
    tree.prune();
  });
  return {
    format: 'folded stacks',
    profiles: [{ name: 'all', unit: 'samples', stacks: tree.result() }],
    notes: [...problemLines.notes(), ...partialReadNotes(bytesRead, size)],
  };
}
