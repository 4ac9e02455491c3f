import { SaxesParser } from 'saxes';
import { normalizeReason, type TextFault } from '../../../shared/kit/tree/open-converted.ts';

/** A node of an XML document. */
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
 * Parses XML. `fault` is the first error; `nodes` are those that could be parsed. Entities that the document declares
 * are neither expanded nor loaded: references to them remain in the text.
 */
export function readXml(text: string): { nodes: XmlNode[]; fault?: TextFault } {
  const parser = new SaxesParser({ xmlns: false });
  const nodes: XmlNode[] = [];
  /** The elements that contain the current position, the outermost first. */
  const ancestors: XmlElement[] = [];
  let closedElement: XmlElement | undefined;
  let fault: TextFault | undefined;
  const add = (node: XmlNode) => (ancestors.at(-1)?.children ?? nodes).push(node);
  const addText = (kind: 'text' | 'comment', raw: string) => {
    const trimmed = raw.trim();
    // Ignore white space between elements.
    if (trimmed === '') return;
    // The lines of a text of several lines keep their indentation.
    const isMultiline = /\S\s*\n\s*\S/.test(raw);
    add({ kind, text: isMultiline ? raw.replace(/^\s*\n|\s+$/g, '') : trimmed });
  };
  parser.on('error', (error) => {
    const reason = normalizeReason(error.message.replace(/^\d+:\d+: /, ''));
    // When the parser reports the error, it has already closed the element.
    const openElement = /unexpected close tag/.test(reason) ? closedElement : undefined;
    fault ??= { offset: parser.position, reason: reason + (openElement ? ` where <${openElement.name}> is open` : '') };
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: XmlElement = { kind: 'element', name, attributes: Object.entries(attributes), children: [] };
    add(element);
    ancestors.push(element);
  });
  parser.on('closetag', () => {
    closedElement = ancestors.pop();
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
  if (!fault) return { nodes };
  // The parser has read the character of the error.
  return { nodes, fault: { ...fault, offset: Math.max(0, Math.min(fault.offset, text.length) - 1) } };
}
