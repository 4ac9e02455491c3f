import { isAlias, isCollection, isMap, isPair, isScalar, type Node, parseAllDocuments, type Scalar } from 'yaml';
import { normalizeReason, openConverted, type TextFault } from '../../../shared/kit/tree/open-converted.ts';
import type { OpenedTree } from '../../../shared/kit/tree/open-json.ts';

/** Deepest nesting that is shown. */
const MAX_DEPTH = 400;

/**
 * Opens YAML 1.2 as a tree; several documents become an array. The tree of an invalid text contains its valid nodes.
 * Aliases are resolved until their expansion is about four times as large as the text.
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
  const jsonDocuments = documents.map((document) => writer.document(document.contents));
  const errors = documents.flatMap((document) => document.errors);
  const firstError = errors.sort((a, b) => a.pos[0] - b.pos[0])[0];
  const fault = firstError
    ? { offset: firstError.pos[0], reason: normalizeReason(firstError.message) }
    : writer.fault();
  if (jsonDocuments.length === 0) return openConverted('null', bytes, text, fault);
  if (jsonDocuments.length === 1) return openConverted(jsonDocuments[0] ?? 'null', bytes, text, fault);
  const about = `${jsonDocuments.length} documents`;
  return openConverted(`[${jsonDocuments.join(',')}]`, bytes, text, fault, about);
}

/** Converts YAML nodes to JSON. `text` is the source of all documents. */
function createWriter(text: string) {
  /** The nodes of the current document by anchor. */
  let anchors = new Map<string, Node>();
  let parts: string[] = [];
  /** Number of characters that resolved aliases may still add. */
  let aliasBudget = text.length * 4 + 100_000;
  /** Number of aliases that contain the current node. */
  let aliasDepth = 0;
  /** The nodes that contain the current node. An alias of one of them is not resolved. */
  const openNodes = new Set<Node>();
  /** The first fault in the text. */
  let fault: TextFault | undefined;

  function append(part: string): void {
    parts.push(part);
    if (aliasDepth > 0) aliasBudget -= part.length;
  }

  function write(node: unknown, depth: number): void {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (!target) reportFault(node.range?.[0] ?? 0, `no &${node.source} comes before *${node.source}`);
      if (!target || openNodes.has(target) || aliasBudget <= 0) return append(JSON.stringify(`*${node.source}`));
      aliasDepth++;
      write(target, depth);
      aliasDepth--;
    } else if (isScalar(node) || isCollection(node)) {
      if (node.anchor) anchors.set(node.anchor, node);
      if (depth > MAX_DEPTH || (aliasDepth > 0 && aliasBudget <= 0)) return append('"…"');
      openNodes.add(node);
      // A local tag, such as !Ref, becomes an object with the tag as its key.
      const tag = node.tag?.startsWith('!') ? node.tag : undefined;
      if (tag) append(`{${JSON.stringify(tag)}:`);
      if (isScalar(node)) append(scalarJson(node));
      else writeCollection(node.items, isMap(node), depth);
      if (tag) append('}');
      openNodes.delete(node);
    } else append('null');
  }

  function writeCollection(items: readonly unknown[], isMapping: boolean, depth: number): void {
    append(isMapping ? '{' : '[');
    const keys = new Set<string>();
    for (const [i, item] of items.entries()) {
      if (i > 0) append(',');
      if (!isPair(item)) {
        write(item, depth + 1);
        continue;
      }
      const key = keyOf(item.key);
      if (isMapping && keys.has(key) && key !== '<<')
        reportFault(isScalar(item.key) ? (item.key.range?.[0] ?? 0) : 0, `the key ${key} occurs twice`);
      keys.add(key);
      append(`${isMapping ? '' : '{'}${JSON.stringify(key)}:`);
      write(item.value, depth + 1);
      if (!isMapping) append('}');
    }
    append(isMapping ? '}' : ']');
  }

  function reportFault(offset: number, reason: string): void {
    if (!fault || offset < fault.offset) fault = { offset, reason };
  }

  /** A key as text: that of a collection is its source, shortened. */
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
    /** Converts the root node of a document. Anchors are local to their document. */
    document(node: unknown): string {
      anchors = new Map();
      parts = [];
      write(node, 0);
      return parts.join('');
    },
  };
}

function scalarJson({ value, source }: Scalar): string {
  if (typeof value === 'number' || typeof value === 'bigint') {
    // Keep the source if it is a valid JSON number. Others, such as `0x1f` and `.inf`, become strings.
    const numberText = source ?? String(value);
    return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(numberText) ? numberText : JSON.stringify(numberText);
  }
  if (typeof value === 'boolean' || value === null) return String(value);
  return JSON.stringify(typeof value === 'string' ? value : (source ?? ''));
}
