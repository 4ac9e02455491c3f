import { openConverted } from '../../../shared/kit/tree/open-converted.ts';
import type { OpenedTree } from '../../../shared/kit/tree/open-json.ts';
import { plistJson } from './plist.ts';
import { readXml, type XmlElement, type XmlNode } from './read.ts';

/**
 * Opens XML as a tree. An element is an object with its attributes (`@id`) and its children in order; an element that
 * contains only text is that text. Siblings with the same name are numbered (`item[2]`), so that the keys of a path
 * form an XPath. A property list is shown as its values.
 */
export function openXml(bytes: Uint8Array): OpenedTree {
  const text = new TextDecoder().decode(bytes);
  const { nodes, fault } = readXml(text);
  const root = nodes.find((node) => node.kind === 'element');
  const plist = root?.name === 'plist' ? plistJson(root) : undefined;
  if (plist !== undefined) return openConverted(plist, bytes, text, fault);
  return openConverted(treeJson(nodes), bytes, text, fault, root && `XML, ${root.name}`);
}

/** Converts nodes to JSON. Uses a stack instead of recursion, so that nesting may be of any depth. */
function treeJson(nodes: readonly XmlNode[]): string {
  const out: string[] = [];
  const stack: (string | XmlElement)[] = [];
  /** Pushes the parts of an object in reverse order, so that they are popped in order. */
  const pushObject = (attributes: readonly [string, string][], children: readonly XmlNode[]) => {
    const parts: (string | XmlElement)[] = ['{'];
    const comma = () => (parts.length > 1 ? ',' : '');
    for (const [name, value] of attributes)
      parts.push(`${comma()}${JSON.stringify(`@${name}`)}:${JSON.stringify(value)}`);
    const nameCounts = countNames(children);
    const positions = new Map<string, number>();
    for (const child of children) {
      const name = keyOf(child);
      const position = (positions.get(name) ?? 0) + 1;
      positions.set(name, position);
      parts.push(`${comma()}${JSON.stringify((nameCounts.get(name) ?? 0) > 1 ? `${name}[${position}]` : name)}:`);
      parts.push(child.kind === 'element' ? child : JSON.stringify(child.text));
    }
    parts.push('}');
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) stack.push(part);
  };
  pushObject([], nodes);
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next === 'string') out.push(next);
    else {
      const text = next.attributes.length === 0 ? plainText(next) : undefined;
      if (text === undefined) pushObject(next.attributes, next.children);
      else out.push(JSON.stringify(text));
    }
  }
  return out.join('');
}

function countNames(nodes: readonly XmlNode[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const node of nodes) counts.set(keyOf(node), (counts.get(keyOf(node)) ?? 0) + 1);
  return counts;
}

function keyOf(node: XmlNode): string {
  return node.kind === 'element' ? node.name : `#${node.kind}`;
}

/** The text of an element that contains only text; undefined for another element. */
function plainText({ children }: XmlElement): string | undefined {
  return children.every((child) => child.kind === 'text')
    ? children.map((child) => (child.kind === 'text' ? child.text : '')).join('')
    : undefined;
}
