import type { XmlElement } from './read.ts';

/** Deepest nesting that is converted. */
const MAX_DEPTH = 400;

/** Converts an XML property list to JSON; returns undefined if it does not conform to Apple's DTD. */
export function plistJson(plist: XmlElement): string | undefined {
  const [value, ...excess] = elementsOf(plist);
  return value && excess.length === 0 ? valueJson(value, 0) : undefined;
}

function valueJson(element: XmlElement, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const text = element.children.map((child) => (child.kind === 'text' ? child.text : '')).join('');
  switch (element.name) {
    case 'string':
    case 'date':
    case 'data':
      return JSON.stringify(text);
    case 'integer':
    case 'real':
      return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(text) ? text : JSON.stringify(text);
    case 'true':
    case 'false':
      return element.name;
    case 'array': {
      const items = elementsOf(element).map((item) => valueJson(item, depth + 1));
      return items.includes(undefined) ? undefined : `[${items.join(',')}]`;
    }
    case 'dict':
      return dictJson(element, depth);
    default:
      return undefined;
  }
}

/** Converts a `dict`, whose elements are alternately keys and values. */
function dictJson(dict: XmlElement, depth: number): string | undefined {
  const elements = elementsOf(dict);
  const members: string[] = [];
  for (let i = 0; i < elements.length; i += 2) {
    const [key, value] = [elements[i], elements[i + 1]];
    const json = value && valueJson(value, depth + 1);
    if (key?.name !== 'key' || json === undefined) return undefined;
    const name = key.children.map((child) => (child.kind === 'text' ? child.text : '')).join('');
    members.push(`${JSON.stringify(name)}:${json}`);
  }
  return `{${members.join(',')}}`;
}

function elementsOf(element: XmlElement): XmlElement[] {
  return element.children.filter((child) => child.kind === 'element');
}
