import { isAlias, isCollection, isMap, isPair, isScalar, type Node, parseAllDocuments, type Scalar } from 'yaml';
import { normalizeReason, openConverted, type TextFault } from '../../../shared/kit/tree/open-converted.ts';
import type { OpenedTree } from '../../../shared/kit/tree/open-json.ts';

/** Deeper than this is written as text: what nests so deep was not written by people. */
const DEEPEST = 400;

/**
 * Opens YAML 1.2: one document, or several as an array of them. What is wrong is told, and the tree has what could be
 * read. Aliases are replaced by what they stand for until that is much more than the file itself.
 */
export function openYaml(bytes: Uint8Array): OpenedTree {
  const text = new TextDecoder().decode(bytes);
  try {
    return read(bytes, text);
  } catch (error) {
    // Its parser calls itself for each level.
    if (!(error instanceof RangeError)) throw error;
    return openConverted('null', bytes, text, { offset: 0, reason: 'it is nested too deep' });
  }
}

function read(bytes: Uint8Array, text: string): OpenedTree {
  const documents = [
    ...parseAllDocuments(text, { prettyErrors: false, uniqueKeys: false, intAsBigInt: true, logLevel: 'silent' }),
  ];
  const writer = createWriter(text);
  const parts = documents.map((document) => writer.document(document.contents));
  const errors = documents.flatMap((document) => document.errors);
  const first = errors.sort((a, b) => a.pos[0] - b.pos[0])[0];
  const fault = first ? { offset: first.pos[0], reason: normalizeReason(first.message) } : writer.fault();
  if (parts.length === 1) return openConverted(parts[0] ?? 'null', bytes, text, fault);
  const about = parts.length > 1 ? `${parts.length} documents` : undefined;
  return openConverted(parts.length > 1 ? `[${parts.join(',')}]` : 'null', bytes, text, fault, about);
}

/** Writes nodes as JSON. */
function createWriter(text: string) {
  let anchors = new Map<string, Node>();
  let out: string[] = [];
  /** What aliases may still add, characters. */
  let room = text.length * 4 + 100_000;
  let inAlias = 0;
  const open = new Set<Node>();
  let fault: TextFault | undefined;

  function put(part: string): void {
    out.push(part);
    if (inAlias > 0) room -= part.length;
  }

  function write(node: unknown, depth: number): void {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (!target) complain(node.range?.[0] ?? 0, `no &${node.source} comes before *${node.source}`);
      if (!target || open.has(target) || room <= 0) return put(JSON.stringify(`*${node.source}`));
      inAlias++;
      write(target, depth);
      inAlias--;
    } else if (isScalar(node) || isCollection(node)) {
      if (node.anchor) anchors.set(node.anchor, node);
      if (depth > DEEPEST || (inAlias > 0 && room <= 0)) return put('"…"');
      open.add(node);
      // A tag that is not YAML's own says what to make of the value.
      const tag = node.tag?.startsWith('!') ? node.tag : undefined;
      if (tag) put(`{${JSON.stringify(tag)}:`);
      if (isScalar(node)) put(scalar(node));
      else collection(node.items, isMap(node), depth);
      if (tag) put('}');
      open.delete(node);
    } else put('null');
  }

  function collection(items: readonly unknown[], map: boolean, depth: number): void {
    put(map ? '{' : '[');
    const keys = new Set<string>();
    for (const [i, item] of items.entries()) {
      if (i > 0) put(',');
      if (!isPair(item)) {
        write(item, depth + 1);
        continue;
      }
      const key = keyOf(item.key);
      if (map && keys.has(key) && key !== '<<')
        complain(isScalar(item.key) ? (item.key.range?.[0] ?? 0) : 0, `the key ${key} is here a second time`);
      keys.add(key);
      put(`${map ? '' : '{'}${JSON.stringify(key)}:`);
      write(item.value, depth + 1);
      if (!map) put('}');
    }
    put(map ? '}' : ']');
  }

  function complain(at: number, reason: string): void {
    if (!fault || at < fault.offset) fault = { offset: at, reason };
  }

  function keyOf(key: unknown): string {
    if (isAlias(key)) return `*${key.source}`;
    if (!isScalar(key)) {
      const range = isCollection(key) ? key.range : undefined;
      return range ? text.slice(range[0], Math.min(range[1], range[0] + 200)) : '';
    }
    if (key.anchor) anchors.set(key.anchor, key);
    return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
  }

  return {
    fault: () => fault,
    /** A document as JSON. Anchors are known in their own document only. */
    document(node: unknown): string {
      anchors = new Map();
      out = [];
      write(node, 0);
      return out.join('');
    },
  };
}

function scalar({ value, source }: Scalar): string {
  if (typeof value === 'number' || typeof value === 'bigint') {
    // As it is written, where JSON would write it so; `0x1f` and `.inf` are shown as they stand.
    const written = source ?? String(value);
    return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(written) ? written : JSON.stringify(written);
  }
  if (typeof value === 'boolean' || value === null) return String(value);
  return JSON.stringify(typeof value === 'string' ? value : (source ?? ''));
}
