import { closeSync, openSync } from 'node:fs';
import { imageKind, imageSize, KIND_NAMES } from '../../node/kit/image/image-size.ts';
import { readAt, readHead } from '../../node/kit/text/file-ends.ts';
import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { size as sizeOf } from '../../shared/kit/text/numbers.ts';
import { isTiff, type TiffPage, tiffPages } from './shared/tiff.ts';

/** Bytes read for the dimensions, which in a JPEG may follow a thumbnail and a colour profile. */
const HEAD = 256 * 1024;

/**
 * Transparent pictures get a light background in dark mode too, because most are made for white paper. The caption
 * reserves space for the tools, which are loaded later.
 */
const STYLE = `figure{margin:0}figure p{display:none}
.pic img{display:block;max-width:100%;height:auto;background:repeating-conic-gradient(#eee 0 25%,#fff 0 50%) 0 0/16px 16px}
figcaption{display:flex;flex-wrap:wrap;gap:0 16px;align-content:start;min-height:30px}@media(max-width:640px){figcaption{min-height:74px}}
.broken p{display:block}.broken .pic,.broken figcaption{display:none}`;

/** An inline script that loads the tools after the picture was shown. */
const loadToolsScript = (style: string, script: string): string =>
  `(function(i){function go(){if(i.naturalWidth)requestAnimationFrame(function(){setTimeout(function(){var l=document.createElement('link'),s=document.createElement('script');l.rel='stylesheet';l.href=${scriptString(style)};s.src=${scriptString(script)};document.head.append(l,s)})})}i.complete?go():i.onload=go})(document.images[0])`;

const scriptString = (url: string): string => JSON.stringify(url).replaceAll('<', '\\u003c');

export default {
  name: 'image',
  about: 'pictures, with zoom and the colours of their pixels; SVG as a picture, without its scripts',
  types: ['png', 'jpg', 'jpeg', 'gif', 'webp', 'avif', 'bmp', 'ico', 'svg', 'tif', 'tiff', 'Rplot.png'],
  searchText: 'none',
  sharesProcess: ['png', 'jpg', 'jpeg', 'gif', 'webp'],
  // Browsers cannot show part of a picture, so the preview has only its dimensions and format.
  first: HEAD,
  sniff: (head) => imageKind(head) ?? (isTiff(head) ? 'tiff' : undefined),
  async render(input, output) {
    const head = readHead(input.path, HEAD);
    if (isTiff(head) && !input.part) return tiffPage(input, output);
    const kind = imageKind(head);
    const size = imageSize(head);
    const sizeAttributes = size ? ` width="${size.width}" height="${size.height}"` : '';
    const facts = [
      ...(size ? [`${size.width} × ${size.height} pixels`] : []),
      ...(kind ? [KIND_NAMES[kind]] : []),
      sizeOf(input.bytes),
    ];
    if (input.part) {
      const body = `<p class="note">${isTiff(head) ? 'TIFF' : facts.join(' · ')}</p>`;
      return output.page(page({ title: input.title ?? input.name, body }));
    }
    await output.page(
      page({
        title: input.title ?? input.name,
        picture: input.source,
        style: STYLE,
        data: kind === 'svg' ? { vector: '1' } : undefined,
        script: loadToolsScript(output.asset('image.css'), output.asset('image.js')),
        body: figureOf(input, ` src="${escapeHtml(input.source)}"${sizeAttributes}`, facts),
      }),
    );
  },
} satisfies Format;

function figureOf(input: RenderInput, attributes: string, facts: readonly string[]): string {
  const name = escapeHtml(input.title ?? input.name);
  return `<figure><div class="pic"><img${attributes} alt="${name}" decoding="sync" onerror="this.closest('figure').className='broken'"></div><figcaption class="note"><span>${facts.join(' · ')}</span></figcaption><p class="bad" role="alert">This picture cannot be shown: it is damaged, not complete, or of a kind that this browser does not know. <a href="${escapeHtml(input.source)}" download>Download ${name}</a></p></figure>`;
}

/** Browsers do not support TIFF: the page's script decodes it. */
async function tiffPage(input: RenderInput, output: RenderOutput): Promise<void> {
  const pages = tiffPagesOf(input.path);
  const [first] = pages;
  const facts = [
    ...(first ? [`${first.width} × ${first.height} pixels`] : []),
    'TIFF',
    ...(first ? [`${first.samples > 1 ? `${first.samples} × ` : ''}${first.bits} bit`] : []),
    ...(pages.length > 1 ? [`${pages.length} pages`] : []),
    sizeOf(input.bytes),
  ];
  await output.page(
    page({
      title: input.title ?? input.name,
      style: STYLE,
      data: {
        source: input.source,
        size: String(input.bytes),
        style: output.asset('image.css'),
        script: output.asset('image.js'),
      },
      scripts: [output.asset('image-tiff.js')],
      body: figureOf(input, first ? ` width="${first.width}" height="${first.height}"` : '', facts),
    }),
  );
}

function tiffPagesOf(path: string): TiffPage[] {
  const file = openSync(path, 'r');
  try {
    return tiffPages((position, length) => readAt(file, position, length));
  } finally {
    closeSync(file);
  }
}
