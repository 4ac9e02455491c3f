import sanitizeHtml, { type Tag } from 'sanitize-html';
import type { Resolve } from './parse.ts';

const TAGS =
  'a abbr b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd li main mark ol p picture pre q rp rt ruby s samp section small source span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr';

/** The classes that our own rules write; the last two are of painted code. */
const CLASSES = ['tasks', 'alert', 'alert-*', 'elsewhere', 'footnote*', 'language-*', 'math', 'mermaid', 'h-*', '*_'];

/**
 * HTML of which only what is harmless is left: no scripts, no styles, no forms, no frames, no handlers.
 * Links and pictures that are not resolved yet are. `ours`: how URLs begin that have been.
 */
export function sanitize(html: string, resolve: Resolve, ours: string): string {
  const lead = (url: string): string | undefined => (url.startsWith(ours) ? url : resolve(url));
  return sanitizeHtml(html, {
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
    transformTags: {
      a: (tagName, { name, href, ...attribs }) => {
        const to = href === undefined ? undefined : lead(href);
        // Older documents mark places by name; links look for an id.
        const id = attribs.id ?? name;
        return {
          tagName,
          attribs: { ...attribs, ...(id === undefined ? {} : { id }), ...(to === undefined ? {} : { href: to }) },
        };
      },
      input: (tagName, { checked }) => ({
        tagName,
        attribs: { type: 'checkbox', disabled: '', ...(checked === undefined ? {} : { checked }) },
      }),
      source: (tagName, { srcset = '', ...attribs }) => {
        const [url = '', size = ''] = srcset.trim().split(/\s+/);
        const to = lead(url);
        // A picture element falls back to its img where a source leads nowhere.
        if (to === undefined || /^https?:/i.test(to) || srcset.includes(',')) return { tagName: 'wbr', attribs: {} };
        return { tagName, attribs: { ...attribs, srcset: `${to} ${size}`.trim() } };
      },
      img: (tagName, { src = '', ...attribs }): Tag => {
        const to = lead(src);
        if (to !== undefined && !/^https?:/i.test(to)) return { tagName, attribs: { ...attribs, src: to } };
        return {
          tagName: 'span',
          attribs: { class: 'elsewhere', title: `A picture that is not kept with this entry: ${src}` },
          text: attribs.alt || src.split('/').pop() || 'picture',
        };
      },
    },
  });
}
