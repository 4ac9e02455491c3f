import type { Renderer } from '../model/renderer.ts';
import { imageKind, imageSize } from './image/size.ts';
import { escapeHtml, page } from './page.ts';
import { readHead } from './text/ends.ts';

/** Enough for the dimensions, which a JPEG may keep behind a preview and a colour profile. */
const HEAD = 256 * 1024;

/** What is transparent was drawn for paper, so it is light in dark surroundings too. */
const STYLE = `figure{margin:0}figure p{display:none}
.pic{display:block;max-width:100%;padding:0;border:0;border-radius:0;background:none;cursor:zoom-in}
.pic img{display:block;max-width:100%;height:auto;background:repeating-conic-gradient(#eee 0 25%,#fff 0 50%) 0 0/16px 16px}
.full .pic,.full img{max-width:none;cursor:zoom-out}.full{overflow-x:auto}
.broken p{display:block}.broken .pic,.broken figcaption{display:none}`;

/** A click shows the picture pixel by pixel, another one as wide as the page. */
const SCRIPT = `document.querySelector('.pic').onclick=function(){var full=this.parentNode.classList.toggle('full');this.setAttribute('aria-pressed',full)}`;

export default {
  name: 'image',
  about: 'pictures, as wide as the page or pixel by pixel; SVG as a picture, so that nothing in it runs',
  types: ['png', 'jpg', 'jpeg', 'gif', 'webp', 'avif', 'bmp', 'ico', 'svg', 'Rplot.png'],
  sniff: imageKind,
  async render(input, output) {
    const size = imageSize(readHead(input.path, HEAD));
    const name = escapeHtml(input.title ?? input.name);
    const room = size ? ` width="${size.width}" height="${size.height}"` : '';
    await output.page(
      page({
        title: input.title ?? input.name,
        picture: input.source,
        style: STYLE,
        script: SCRIPT,
        body: `<figure><button type="button" class="pic" aria-pressed="false" title="Click for actual size"><img src="${escapeHtml(input.source)}" alt="${name}"${room} decoding="sync" onerror="this.closest('figure').className='broken'"></button>${
          size ? `<figcaption class="note">${size.width} × ${size.height} pixels</figcaption>` : ''
        }<p class="bad" role="alert">This picture cannot be shown: it is damaged, not complete, or of a kind that this browser does not know. <a href="${escapeHtml(input.source)}" download>Download ${name}</a></p></figure>`,
      }),
    );
  },
} satisfies Renderer;
