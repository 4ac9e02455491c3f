import sanitizeHtml from 'sanitize-html';

const SHAPES = ['polygon', 'polyline', 'path', 'ellipse', 'circle', 'text'];
const TAGS = ['svg', 'g', 'a', 'title', 'defs', 'linearGradient', 'radialGradient', 'stop', 'tspan', ...SHAPES];
const LOOK =
  'fill fill-opacity stroke stroke-width stroke-opacity stroke-dasharray opacity font-family font-size font-weight font-style text-decoration text-anchor baseline-shift';
const PLACE = 'x y x1 y1 x2 y2 cx cy r fx fy rx ry d points offset transform gradientUnits';

export interface Drawing {
  /** SVG in which nothing runs and nothing is loaded. */
  readonly svg: string;
  /** It has areas of its own colours, on which letters are readable as they are: it was drawn for light paper. */
  readonly paper: boolean;
}

/** What Graphviz drew, with the parts that are known to be harmless and no other; black becomes the colour of the text. */
export function clean(svg: string): Drawing {
  let group = '';
  let paper = false;
  const shape = (tagName: string, attribs: Record<string, string>) => {
    const { fill = '', stroke } = attribs;
    // The heads of edges have the colour of their edge.
    if (tagName !== 'text' && group !== 'edge' && !/^(?:none|transparent|black|)$/.test(fill)) paper = true;
    return {
      tagName,
      attribs: {
        ...attribs,
        ...(fill === 'black' && { fill: 'currentColor' }),
        ...(stroke === 'black' && { stroke: 'currentColor' }),
      },
    };
  };
  const cleaned = sanitizeHtml(svg.slice(Math.max(0, svg.indexOf('<svg'))), {
    allowedTags: TAGS,
    allowedAttributes: {
      '*': [...LOOK.split(' '), ...PLACE.split(' '), 'class'],
      linearGradient: ['id', ...PLACE.split(' ')],
      radialGradient: ['id', ...PLACE.split(' ')],
      a: ['href'],
      svg: ['width', 'height', 'viewBox', 'xmlns'],
      stop: ['style'],
    },
    allowedSchemes: ['http', 'https'],
    allowedClasses: { '*': ['graph', 'node', 'edge', 'cluster'] },
    allowedStyles: { stop: { 'stop-color': [/^[#\w]+$/], 'stop-opacity': [/^[\d.]+$/] } },
    transformTags: {
      g: (tagName, attribs) => {
        group = attribs.class ?? group;
        return { tagName, attribs };
      },
      // What leads to the web leads there; all else of a link is its text.
      a: (_, attribs) => {
        const url = attribs['xlink:href'] ?? attribs.href ?? '';
        const leads = /^https?:\/\//i.test(url);
        return { tagName: leads ? 'a' : 'g', attribs: leads ? { href: url } : ({} as Record<string, string>) };
      },
      ...Object.fromEntries(SHAPES.map((name) => [name, shape])),
    },
    parser: { xmlMode: true, lowerCaseTags: false, lowerCaseAttributeNames: false, decodeEntities: true },
    disallowedTagsMode: 'discard',
    nonTextTags: ['script', 'style', 'image', 'foreignObject', 'textarea', 'option'],
  });
  return { svg: cleaned, paper };
}
