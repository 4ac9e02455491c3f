import { arrayOf, numberOf, objectOf, textOf } from '../../node/kit/json/coerce.ts';
import { baseName, type Profiles } from './shared/profile.ts';
import { createTree, MAX_DEPTH } from './shared/stack-tree.ts';

/**
 * Reads a `.heapprofile` by V8's sampling heap profiler: a tree of functions with the bytes that each has allocated and
 * that are still in use. The format is `HeapProfiler.SamplingHeapProfile` of the DevTools protocol.
 */
export function readHeapProfile(json: unknown): Profiles {
  const tree = createTree();
  const pending = [{ value: objectOf(json).head, parent: 0, depth: 0 }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { callFrame, selfSize, children } = objectOf(next.value);
    const frame = objectOf(callFrame);
    const name = textOf(frame.functionName);
    const file = baseName(textOf(frame.url));
    const isRoot = name === '(root)' && next.parent === 0;
    const label = `${name || '(anonymous)'}${file ? ` ${file}:${numberOf(frame.lineNumber, -1) + 1}` : ''}`;
    // Deeper frames are added to their caller.
    const node = isRoot || next.depth >= MAX_DEPTH ? next.parent : tree.child(next.parent, tree.name(label));
    tree.add(node, Math.max(0, numberOf(selfSize)));
    const depth = isRoot ? 0 : next.depth + 1;
    for (const value of arrayOf(children)) pending.push({ value, parent: node, depth });
  }
  return {
    format: 'V8 heap profile',
    profiles: [{ name: 'all', unit: 'bytes', stacks: tree.result() }],
    notes: [],
  };
}
