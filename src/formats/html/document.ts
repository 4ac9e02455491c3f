import { detectCharset } from '../../shared/kit/text/charset.ts';

/** What has to be known of an HTML document to put it into a page. Every pass takes linear time, whatever it holds. */

/** The encoding label of a document by its first bytes, as a browser finds it: mark, declaration, else a guess. */
export function charsetOf(head: Uint8Array): string {
  const { charset } = detectCharset(head);
  if (charset.startsWith('utf-16') || (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf)) return charset;
  const start = new TextDecoder('latin1').decode(head.subarray(0, 4096));
  const declared =
    /<meta[^>]{1,200}charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w.:-]+)/i.exec(start)?.[1] ??
    /^<\?xml[^>]{1,200}encoding\s{0,9}=\s{0,9}["']([\w.:-]+)/.exec(start)?.[1];
  if (declared === undefined) return charset;
  try {
    // A declaration that can be read byte by byte is not in UTF-16, whatever it says.
    const label = new TextDecoder(declared).encoding;
    return label.startsWith('utf-16') ? 'utf-8' : label;
  } catch {
    return charset;
  }
}

/** Where the head of a document begins: after its doctype, `<html>` and `<head>`, as far as it has them. */
export function headEnd(text: string): number {
  const start = text.slice(0, 65536);
  return (
    /^(?:\uFEFF|\s|<!--[\s\S]*?-->|<\?[^>]*>|<!doctype[^>]*>|<html(?:\s[^>]*)?>|<head(?:\s[^>]*)?>)*/i.exec(start)?.[0]
      .length ?? 0
  );
}

export interface References {
  /** URLs as they stand in the document: what it loads and what it links to. */
  readonly references: ReadonlySet<string>;
  /** The `href` of its own `<base>`. */
  readonly base: string | undefined;
}

const TAG = /<([a-z][^\s/>]*)([^>]*)>/gi;
/** The look behind makes each name be tried from its first letter only. */
const ATTRIBUTE =
  /(?<![\w:-])(src|href|poster|data|srcset|imagesrcset|background|xlink:href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi;

/** The URLs of a document. May find more than there are (in comments, in scripts), for it does not parse. */
export function referencesOf(document: string): References {
  // Without this, every `<` after the last `>` would be tried to the end of the text.
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
        for (const one of url.split(/,\s+|,$/)) references.add(one.trim().split(/\s/)[0] ?? '');
      else (tag.toLowerCase() === 'a' ? links : references).add(url);
    }
  }
  for (const [, , url = ''] of text.matchAll(/url\(\s{0,9}(["']|&quot;|&#39;|)([^"'&)\s]{1,2048})\1\s{0,9}\)/gi)) {
    if (!/^(?:data:|https?:|#)/i.test(url)) references.add(url);
  }
  // What it shows comes before what it leads to, should there be too much of it.
  for (const url of links) references.add(url);
  return { references, base };
}

/** XHTML's empty elements (`<script src="x"/>`) as HTML understands them; void elements and SVG stay as they are. */
export function selfClosing(text: string): string {
  return text.replace(
    /<(script|style|title|textarea|iframe|div|span|a|p|b|i|em|strong|li|ul|ol|table|tr|td|th|h[1-6]|canvas|video|audio|object|select|button|label)((?:\s[^<>]*)?)\/>/gi,
    '<$1$2></$1>',
  );
}
