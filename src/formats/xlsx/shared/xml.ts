/** Just enough of XML for what Office writes: elements found by name, whatever prefix they have. Nothing is expanded. */

/** An element that is opened, cut out of a text as it comes. */
export interface Element {
  readonly attributes: string;
  readonly inner: string;
}

/** An element longer than this is not meant so. */
const LONGEST = 8 * 1024 * 1024;

/** The elements called `name` in a text that comes in pieces; those within them are part of them. */
export async function* elementsOf(pieces: AsyncIterable<string>, name: string): AsyncGenerator<Element> {
  const open = new RegExp(`<(?:\\w+:)?${name}(?=[\\s/>])([^>]*)>`, 'g');
  const close = new RegExp(`</(?:\\w+:)?${name}\\s*>`, 'g');
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    let at = 0;
    for (;;) {
      open.lastIndex = at;
      const begin = open.exec(text);
      if (!begin) {
        // The last tag may be cut.
        at = Math.max(at, text.lastIndexOf('<'));
        break;
      }
      const attributes = begin[1] ?? '';
      if (attributes.endsWith('/')) {
        yield { attributes: attributes.slice(0, -1), inner: '' };
        at = open.lastIndex;
        continue;
      }
      close.lastIndex = open.lastIndex;
      const end = close.exec(text);
      if (!end) {
        at = begin.index;
        break;
      }
      yield { attributes, inner: text.slice(open.lastIndex, end.index) };
      at = close.lastIndex;
    }
    text = text.slice(Math.max(0, at));
    if (text.length > LONGEST) throw new Error(`the element <${name}> has no end`);
  }
}

/** The same within one text. */
export function elementsIn(text: string, name: string): Element[] {
  const found: Element[] = [];
  const open = patternOf(`<(?:\\w+:)?${name}(?=[\\s/>])([^>]*)>`, 'g');
  const close = patternOf(`</(?:\\w+:)?${name}\\s*>`, 'g');
  for (let begin = open.exec(text); begin; begin = open.exec(text)) {
    const attributes = begin[1] ?? '';
    if (attributes.endsWith('/')) {
      found.push({ attributes: attributes.slice(0, -1), inner: '' });
      continue;
    }
    close.lastIndex = open.lastIndex;
    const end = close.exec(text);
    if (!end) break;
    found.push({ attributes, inner: text.slice(open.lastIndex, end.index) });
    open.lastIndex = close.lastIndex;
  }
  return found;
}

/** An attribute's value. */
export function attribute(attributes: string, name: string): string | undefined {
  const found = patternOf(`(?:^|\\s|:)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes);
  const text = found?.[1] ?? found?.[2];
  return text === undefined ? undefined : plain(text);
}

/** Making a pattern takes longer than using it, and a sheet asks for the same few in each cell. */
const patterns = new Map<string, RegExp>();
function patternOf(source: string, flags = ''): RegExp {
  const known = patterns.get(source) ?? new RegExp(source, flags);
  patterns.set(source, known);
  known.lastIndex = 0;
  return known;
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Text without the five entities and the numbers of XML, and Office's own way to write control characters. */
export function plain(text: string): string {
  if (!/[&_]/.test(text)) return text;
  return text
    .replace(
      /&(?:#x([\da-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi,
      (all, hex?: string, decimal?: string, name?: string) => {
        if (name !== undefined) return NAMED[name.toLowerCase()] ?? all;
        const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
        return code <= 0x10ffff ? String.fromCodePoint(code) : all;
      },
    )
    .replace(/_x([\da-f]{4})_/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
