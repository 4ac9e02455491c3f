import { SaxesParser } from 'saxes';

export type Attributes = Readonly<Record<string, string>>;

/** Receives the parts of an XML document in document order. Element names come without their namespace prefix. */
export interface XmlHandler {
  open(name: string, attributes: Attributes): void;
  /** Text between tags, with entities and CDATA resolved. A text may be passed in several calls. */
  text?(text: string): void;
  close?(name: string): void;
}

export interface StartTag {
  readonly name: string;
  /** Name of the parent element; empty for the root. */
  readonly parent: string;
  readonly attributes: Attributes;
}

/** Largest number of characters of a single tag or text. Office limits the text of a cell to 32,767. */
const MAX_TOKEN = 8 * 1024 * 1024;

/**
 * Parses XML that arrives in pieces, and yields the items that the handler emits, in order. Malformed markup is
 * skipped, so that the rest of the document can be shown. Unknown entities are kept as text; none is loaded.
 * @param createHandler creates the handler, which passes each item to `emit`
 * @throws Error if a single tag or text is longer than 8 Mi characters, or if `pieces` throws
 */
export async function* parseXml<T>(
  pieces: AsyncIterable<string>,
  createHandler: (emit: (item: T) => void) => XmlHandler,
): AsyncGenerator<T> {
  let items: T[] = [];
  let tokenStart = 0;
  const handler = createHandler((item) => items.push(item));
  const parser = new SaxesParser({ xmlns: false });
  parser.on('error', () => {});
  parser.on('opentag', ({ name, attributes }) => {
    tokenStart = parser.position;
    handler.open(localName(name), attributes);
  });
  parser.on('closetag', ({ name }) => {
    tokenStart = parser.position;
    handler.close?.(localName(name));
  });
  const onText = (text: string): void => handler.text?.(text);
  parser.on('text', onText);
  parser.on('cdata', onText);
  for await (const piece of pieces) {
    parser.write(piece);
    if (parser.position - tokenStart > MAX_TOKEN) throw new Error('its XML contains a tag or text that is too long');
    if (items.length === 0) continue;
    const completed = items;
    items = [];
    yield* completed;
  }
}

/** All start tags of a document, in order. */
export async function startTags(pieces: AsyncIterable<string>): Promise<StartTag[]> {
  const tags: StartTag[] = [];
  const ancestors: string[] = [];
  const parsed = parseXml<StartTag>(pieces, (emit) => ({
    open(name, attributes) {
      emit({ name, parent: ancestors.at(-1) ?? '', attributes });
      ancestors.push(name);
    },
    close: () => ancestors.pop(),
  }));
  for await (const tag of parsed) tags.push(tag);
  return tags;
}

/** The value of an attribute, whose `name` has no namespace prefix. */
export function attributeOf(attributes: Attributes, name: string): string | undefined {
  if (Object.hasOwn(attributes, name)) return attributes[name];
  const key = Object.keys(attributes).find((candidate) => localName(candidate) === name);
  return key === undefined ? undefined : attributes[key];
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
