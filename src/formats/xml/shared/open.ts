import { openConverted } from '../../../shared/kit/tree/open-converted.ts';
import type { OpenedTree } from '../../../shared/kit/tree/open-json.ts';
import { plistJson } from './plist.ts';
import { readXml, type XmlElement, type XmlNode } from './read.ts';

/**
 * Opens XML as a tree: an element is an object with its attributes (`@id`) and its children in their order, one with
 * nothing but a text is that text. Where siblings have one name they are counted (`item[2]`), so that the keys on the
 * way are the XPath of a value. A property list is shown as the values that it stands for.
 */
export function openXml(bytes: Uint8Array): OpenedTree {
  const text = new TextDecoder().decode(bytes);
  const { nodes, fault } = readXml(text);
  const root = nodes.find((node) => node.kind === 'element');
  const plist = root?.name === 'plist' ? plistJson(root) : undefined;
  if (plist !== undefined) return openConverted(plist, bytes, text, fault);
  return openConverted(treeJson(nodes), bytes, text, fault, root && `XML, ${root.name}`);
}

/** The nodes as JSON, without calling itself: no depth of nesting is too much. */
function treeJson(nodes: readonly XmlNode[]): string {
  const out: string[] = [];
  const waiting: (string | XmlElement)[] = [];
  /** Lets the members of an object be written next, each behind its key. */
  const push = (attributes: readonly [string, string][], children: readonly XmlNode[]) => {
    const parts: (string | XmlElement)[] = ['{'];
    const comma = () => (parts.length > 1 ? ',' : '');
    for (const [name, value] of attributes)
      parts.push(`${comma()}${JSON.stringify(`@${name}`)}:${JSON.stringify(value)}`);
    const many = countNames(children);
    const seen = new Map<string, number>();
    for (const child of children) {
      const name = nameOf(child);
      const nth = (seen.get(name) ?? 0) + 1;
      seen.set(name, nth);
      parts.push(`${comma()}${JSON.stringify((many.get(name) ?? 0) > 1 ? `${name}[${nth}]` : name)}:`);
      parts.push(child.kind === 'element' ? child : JSON.stringify(child.text));
    }
    parts.push('}');
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) waiting.push(part);
  };
  push([], nodes);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next === 'string') out.push(next);
    else {
      const plain = next.attributes.length === 0 ? plainText(next) : undefined;
      if (plain === undefined) push(next.attributes, next.children);
      else out.push(JSON.stringify(plain));
    }
  }
  return out.join('');
}

function countNames(nodes: readonly XmlNode[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const node of nodes) counts.set(nameOf(node), (counts.get(nameOf(node)) ?? 0) + 1);
  return counts;
}

function nameOf(node: XmlNode): string {
  return node.kind === 'element' ? node.name : `#${node.kind}`;
}

/** The text of an element that has nothing else, or undefined. */
function plainText({ children }: XmlElement): string | undefined {
  return children.every((child) => child.kind === 'text')
    ? children.map((child) => (child.kind === 'text' ? child.text : '')).join('')
    : undefined;
}
