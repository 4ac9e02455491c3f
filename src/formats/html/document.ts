/** Finds the encoding, the head and the references of an HTML document, in linear time for any input. */
import { detectCharset } from '../../shared/kit/text/charset.ts';

/** The encoding of a document, found as browsers do: byte order mark, declaration, else a guess. */
export function charsetOf(head: Uint8Array): string {
  const { charset } = detectCharset(head);
  if (charset.startsWith('utf-16') || (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf)) return charset;
  const start = new TextDecoder('latin1').decode(head.subarray(0, 4096));
  const declared =
    /<meta[^>]{1,200}charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w.:-]+)/i.exec(start)?.[1] ??
    /^<\?xml[^>]{1,200}encoding\s{0,9}=\s{0,9}["']([\w.:-]+)/.exec(start)?.[1];
  if (declared === undefined) return charset;
  try {
    // In UTF-16 the declaration could not have been found, so a document that declares UTF-16 is in another encoding.
    const label = new TextDecoder(declared).encoding;
    return label.startsWith('utf-16') ? 'utf-8' : label;
  } catch {
    return charset;
  }
}

/** The offset of the content of the head: after the doctype, `<html>` and `<head>`, if present. */
export function headContentOffset(text: string): number {
  const start = text.slice(0, 65536);
  return (
    /^(?:\uFEFF|\s|<!--[\s\S]*?-->|<\?[^>]*>|<!doctype[^>]*>|<html(?:\s[^>]*)?>|<head(?:\s[^>]*)?>)*/i.exec(start)?.[0]
      .length ?? 0
  );
}

export interface References {
  /** URLs as written in the document: resources first, then links. */
  readonly references: ReadonlySet<string>;
  /** The `href` of the document's `<base>`. */
  readonly base: string | undefined;
}

const TAG = /<([a-z][^\s/>]*)([^>]*)>/gi;
/** The look-behind prevents matching from the middle of a name, which would take quadratic time. */
const ATTRIBUTE =
  /(?<![\w:-])(src|href|poster|data|srcset|imagesrcset|background|xlink:href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi;

/** Finds URLs in a document. It is not parsed, so URLs in comments and scripts are included. */
export function referencesOf(document: string): References {
  // Without this cut, the pattern would scan from each `<` after the last `>` to the end of the text.
  const text = document.slice(0, document.lastIndexOf('>') + 1);
  const references = new Set<string>();
  const links = new Set<string>();
  let base: string | undefined;
  for (const [, tag = '', attributes = ''] of text.matchAll(TAG)) {
    if (!attributes.includes('=')) continue;
    for (const [, name = '', double, single, bare] of attributes.matchAll(ATTRIBUTE)) {
      const value = (double ?? single ?? bare ?? '').trim();
      if (/^(?:data:|https?:|#|$)/i.test(value)) continue;
      const url = value.slice(0, 65536).replaceAll('&amp;', '&');
      if (tag.toLowerCase() === 'base') base ??= url;
      else if (name.toLowerCase().endsWith('srcset'))
        for (const candidate of url.split(/,\s+|,$/)) references.add(candidate.trim().split(/\s/)[0] ?? '');
      else (tag.toLowerCase() === 'a' ? links : references).add(url);
    }
  }
  for (const [, , url = ''] of text.matchAll(/url\(\s{0,9}(["']|&quot;|&#39;|)([^"'&)\s]{1,2048})\1\s{0,9}\)/gi)) {
    if (!/^(?:data:|https?:|#)/i.test(url)) references.add(url);
  }
  // The number of copied files is limited, so resources precede links.
  for (const url of links) references.add(url);
  return { references, base };
}

/** Replaces self-closing elements of XHTML (`<script src="x"/>`) by pairs of tags, except void elements and SVG. */
export function expandSelfClosing(text: string): string {
  return text.replace(
    /<(script|style|title|textarea|iframe|div|span|a|p|b|i|em|strong|li|ul|ol|table|tr|td|th|h[1-6]|canvas|video|audio|object|select|button|label)((?:\s[^<>]*)?)\/>/gi,
    '<$1$2></$1>',
  );
}
