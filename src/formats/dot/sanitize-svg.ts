import sanitizeHtml from 'sanitize-html';

const SHAPES = ['polygon', 'polyline', 'path', 'ellipse', 'circle', 'text'];
const TAGS = ['svg', 'g', 'a', 'title', 'defs', 'linearGradient', 'radialGradient', 'stop', 'tspan', ...SHAPES];
const LOOK_ATTRIBUTES =
  'fill fill-opacity stroke stroke-width stroke-opacity stroke-dasharray opacity font-family font-size font-weight font-style text-decoration text-anchor baseline-shift';
const GEOMETRY_ATTRIBUTES = 'x y x1 y1 x2 y2 cx cy r fx fy rx ry d points offset transform gradientUnits';

export interface Drawing {
  /** SVG without scripts and external references. */
  readonly svg: string;
  /** Whether the drawing has filled areas, on which text must stay dark, so that it needs a light background. */
  readonly needsLightBackground: boolean;
}

/** Sanitises the SVG by Graphviz with a list of allowed elements, and replaces black by the text colour. */
export function sanitizeDrawing(svg: string): Drawing {
  let group = '';
  let needsLightBackground = false;
  const shape = (tagName: string, attribs: Record<string, string>) => {
    const { fill = '', stroke } = attribs;
    // Arrowheads are filled with the colour of their edge.
    if (tagName !== 'text' && group !== 'edge' && !/^(?:none|transparent|black|)$/.test(fill))
      needsLightBackground = true;
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
      '*': [...LOOK_ATTRIBUTES.split(' '), ...GEOMETRY_ATTRIBUTES.split(' '), 'class'],
      linearGradient: ['id', ...GEOMETRY_ATTRIBUTES.split(' ')],
      radialGradient: ['id', ...GEOMETRY_ATTRIBUTES.split(' ')],
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
      // Links other than http(s) become plain groups.
      a: (_, attribs) => {
        const url = attribs['xlink:href'] ?? attribs.href ?? '';
        const isWebLink = /^https?:\/\//i.test(url);
        return { tagName: isWebLink ? 'a' : 'g', attribs: isWebLink ? { href: url } : ({} as Record<string, string>) };
      },
      ...Object.fromEntries(SHAPES.map((name) => [name, shape])),
    },
    parser: { xmlMode: true, lowerCaseTags: false, lowerCaseAttributeNames: false, decodeEntities: true },
    disallowedTagsMode: 'discard',
    nonTextTags: ['script', 'style', 'image', 'foreignObject', 'textarea', 'option'],
  });
  return { svg: cleaned, needsLightBackground };
}
