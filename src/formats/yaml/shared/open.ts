import { isAlias, isCollection, isMap, isPair, isScalar, type Node, parseAllDocuments, type Scalar } from 'yaml';
import { normalizeReason, openConverted, type TextFault } from '../../../shared/kit/tree/open-converted.ts';
import type { OpenedTree } from '../../../shared/kit/tree/open-json.ts';

/** Deepest nesting that is shown. */
const MAX_DEPTH = 400;

/**
 * Opens YAML 1.2 as a tree; several documents become an array. The tree of an invalid text contains what could be read.
 * Aliases are resolved until their expansion is several times larger than the file.
 */
export function openYaml(bytes: Uint8Array): OpenedTree {
  const text = new TextDecoder().decode(bytes);
  try {
    return readDocuments(bytes, text);
  } catch (error) {
    // The parser is recursive, so deep nesting exhausts the stack.
    if (!(error instanceof RangeError)) throw error;
    return openConverted('null', bytes, text, { offset: 0, reason: 'it is nested too deep' });
  }
}

function readDocuments(bytes: Uint8Array, text: string): OpenedTree {
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
  let parts: string[] = [];
  /** Characters that resolved aliases may still add. */
  let aliasBudget = text.length * 4 + 100_000;
  let inAlias = 0;
  const open = new Set<Node>();
  let fault: TextFault | undefined;

  function append(part: string): void {
    parts.push(part);
    if (inAlias > 0) aliasBudget -= part.length;
  }

  function write(node: unknown, depth: number): void {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (!target) reportFault(node.range?.[0] ?? 0, `no &${node.source} comes before *${node.source}`);
      if (!target || open.has(target) || aliasBudget <= 0) return append(JSON.stringify(`*${node.source}`));
      inAlias++;
      write(target, depth);
      inAlias--;
    } else if (isScalar(node) || isCollection(node)) {
      if (node.anchor) anchors.set(node.anchor, node);
      if (depth > MAX_DEPTH || (inAlias > 0 && aliasBudget <= 0)) return append('"…"');
      open.add(node);
      // Show application-specific tags as a key.
      const tag = node.tag?.startsWith('!') ? node.tag : undefined;
      if (tag) append(`{${JSON.stringify(tag)}:`);
      if (isScalar(node)) append(scalar(node));
      else collection(node.items, isMap(node), depth);
      if (tag) append('}');
      open.delete(node);
    } else append('null');
  }

  function collection(items: readonly unknown[], map: boolean, depth: number): void {
    append(map ? '{' : '[');
    const keys = new Set<string>();
    for (const [i, item] of items.entries()) {
      if (i > 0) append(',');
      if (!isPair(item)) {
        write(item, depth + 1);
        continue;
      }
      const key = keyOf(item.key);
      if (map && keys.has(key) && key !== '<<')
        reportFault(isScalar(item.key) ? (item.key.range?.[0] ?? 0) : 0, `the key ${key} occurs twice`);
      keys.add(key);
      append(`${map ? '' : '{'}${JSON.stringify(key)}:`);
      write(item.value, depth + 1);
      if (!map) append('}');
    }
    append(map ? '}' : ']');
  }

  function reportFault(at: number, reason: string): void {
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
    /** A document as JSON. Anchors are local to their document. */
    document(node: unknown): string {
      anchors = new Map();
      parts = [];
      write(node, 0);
      return parts.join('');
    },
  };
}

function scalar({ value, source }: Scalar): string {
  if (typeof value === 'number' || typeof value === 'bigint') {
    // Keep the source if it is a valid JSON number; others, such as `0x1f` and `.inf`, become text.
    const numberText = source ?? String(value);
    return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(numberText) ? numberText : JSON.stringify(numberText);
  }
  if (typeof value === 'boolean' || value === null) return String(value);
  return JSON.stringify(typeof value === 'string' ? value : (source ?? ''));
}
