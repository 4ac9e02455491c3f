import sanitizeHtml, { type IOptions, type Tag } from 'sanitize-html';
import type { Resolve } from './parse.ts';

const TAGS =
  'a abbr b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd li main mark ol p picture pre q rp rt ruby s samp section small source span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr';

/** The classes that this format generates. The last two are those of syntax colours. */
const CLASSES = ['tasks', 'alert', 'alert-*', 'unavailable', 'footnote*', 'language-*', 'math', 'mermaid', 'h-*', '*_'];

/** The elements, attributes, classes and URL schemes that remain. */
const ALLOWED: IOptions = {
  allowedTags: TAGS.split(' '),
  allowedAttributes: {
    '*': [
      'id',
      'title',
      'lang',
      'dir',
      'align',
      'valign',
      'width',
      'height',
      'class',
      'aria-label',
      'aria-hidden',
      'role',
    ],
    a: ['href'],
    img: ['src', 'alt'],
    source: ['srcset', 'media', 'type'],
    input: [{ name: 'type', values: ['checkbox'] }, 'checked', 'disabled'],
    ol: ['start', 'reversed', 'type'],
    details: ['open'],
    td: ['colspan', 'rowspan', 'style'],
    th: ['colspan', 'rowspan', 'scope', 'style'],
  },
  allowedClasses: { '*': CLASSES },
  allowedStyles: { '*': { 'text-align': [/^(?:left|right|center)$/] } },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowedSchemesByTag: { img: ['data'], source: ['data'] },
  allowProtocolRelative: false,
  disallowedTagsMode: 'discard',
  nonTextTags: ['script', 'style', 'textarea', 'option', 'noscript', 'template', 'iframe', 'object', 'svg', 'math'],
};

/**
 * Removes scripts, styles, forms, frames and event handlers from HTML, and resolves links and pictures.
 * @param resolvedPrefix URLs with this prefix are not resolved again
 */
export function sanitize(html: string, resolve: Resolve, resolvedPrefix: string): string {
  const resolveUrl = (url: string): string | undefined => (url.startsWith(resolvedPrefix) ? url : resolve(url));
  return sanitizeHtml(html, {
    ...ALLOWED,
    transformTags: {
      a: (tagName, { name, href, ...attribs }) => {
        const target = href === undefined ? undefined : resolveUrl(href);
        // Older documents use `<a name>` for the targets of links.
        const id = attribs.id ?? name;
        return {
          tagName,
          attribs: {
            ...attribs,
            ...(id === undefined ? {} : { id }),
            ...(target === undefined ? {} : { href: target }),
          },
        };
      },
      input: (tagName, { checked }) => ({
        tagName,
        attribs: { type: 'checkbox', disabled: '', ...(checked === undefined ? {} : { checked }) },
      }),
      source: (tagName, { srcset = '', ...attribs }) => {
        const [url = '', size = ''] = srcset.trim().split(/\s+/);
        const target = resolveUrl(url);
        // Without the source, the picture element falls back to its img.
        if (target === undefined || /^https?:/i.test(target) || srcset.includes(','))
          return { tagName: 'wbr', attribs: {} };
        return { tagName, attribs: { ...attribs, srcset: `${target} ${size}`.trim() } };
      },
      img: (tagName, { src = '', ...attribs }): Tag => {
        const target = resolveUrl(src);
        if (target !== undefined && !/^https?:/i.test(target)) return { tagName, attribs: { ...attribs, src: target } };
        return {
          tagName: 'span',
          attribs: { class: 'unavailable', title: `A picture that is not kept with this entry: ${src}` },
          text: attribs.alt || src.split('/').pop() || 'picture',
        };
      },
    },
  });
}
