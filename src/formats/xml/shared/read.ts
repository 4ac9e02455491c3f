import { SaxesParser } from 'saxes';
import { normalizeReason, type TextFault } from '../../../shared/kit/tree/open-converted.ts';

/** A part of an XML document: an element with its attributes and what is in it, or a text or comment. */
export type XmlNode =
  | {
      readonly kind: 'element';
      readonly name: string;
      readonly attributes: [string, string][];
      readonly children: XmlNode[];
    }
  | { readonly kind: 'text' | 'comment' | 'doctype' | 'instruction'; readonly text: string };

export type XmlElement = XmlNode & { kind: 'element' };

/**
 * Reads XML: what is wrong is told, and the document has what could be made out. Entities that a document declares are
 * left as they stand: none is replaced by what it stands for, and none is loaded.
 */
export function readXml(text: string): { nodes: XmlNode[]; fault?: TextFault } {
  const parser = new SaxesParser({ xmlns: false });
  const nodes: XmlNode[] = [];
  const open: XmlElement[] = [];
  let closed: XmlElement | undefined;
  let fault: TextFault | undefined;
  const add = (node: XmlNode) => (open.at(-1)?.children ?? nodes).push(node);
  const addText = (kind: 'text' | 'comment', raw: string) => {
    // White space between elements is only how it was written.
    if (raw.trim()) add({ kind, text: /\S\s*\n\s*\S/.test(raw) ? raw.replace(/^\s*\n|\s+$/g, '') : raw.trim() });
  };
  parser.on('error', (error) => {
    const reason = normalizeReason(error.message.replace(/^\d+:\d+: /, ''));
    // The parser has closed the element by then.
    const inside = /unexpected close tag/.test(reason) ? closed : undefined;
    fault ??= { offset: parser.position, reason: reason + (inside ? ` where <${inside.name}> is open` : '') };
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: XmlElement = { kind: 'element', name, attributes: Object.entries(attributes), children: [] };
    add(element);
    open.push(element);
  });
  parser.on('closetag', () => {
    closed = open.pop();
  });
  parser.on('text', (raw) => addText('text', raw));
  parser.on('cdata', (raw) => addText('text', raw));
  parser.on('comment', (raw) => addText('comment', raw));
  parser.on('processinginstruction', ({ target, body }) => add({ kind: 'instruction', text: `${target} ${body}` }));
  parser.on('doctype', (doctype) => {
    add({ kind: 'doctype', text: doctype.trim() });
    for (const [, name = ''] of doctype.matchAll(/<!ENTITY\s+([\w:.-]+)\s/g)) parser.ENTITIES[name] = `&${name};`;
  });
  parser.write(text).close();
  return { nodes, ...(fault && { fault: { ...fault, offset: Math.max(0, Math.min(fault.offset, text.length) - 1) } }) };
}
