/** A page of a document, which is drawn on demand and can be emptied. */
import { type PDFDocumentProxy, type PDFPageProxy, type RenderTask, TextLayer } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** Largest canvas, in pixels; larger pages are drawn with a lower resolution. */
const MAX_PIXELS = 16_000_000;
/** Largest side of a page, in pixels. */
const MAX_SIDE = 20_000;

export interface Sheet {
  readonly element: HTMLElement;
  /** Draws the page at `scale`, unless it already is. */
  draw(scale: number): void;
  /** Sets the size of the element for `scale`, without drawing. */
  layOut(scale: number): void;
  clear(): void;
  /** Highlights text items and scrolls to the first of `current`, now or when the page has been drawn. */
  mark(pieces: ReadonlySet<number>, current: ReadonlySet<number>): void;
}

/** @param size assumed size in points, until the page is loaded @param goToPage shows another page */
export function createSheet(
  pdf: PDFDocumentProxy,
  number: number,
  size: { width: number; height: number },
  goToPage: (page: number) => void,
): Sheet {
  const element = document.createElement('div');
  element.className = 'sheet';
  element.dataset.page = String(number);
  let points = size;
  let proxy: PDFPageProxy | undefined;
  let drawnScale: number | undefined;
  let task: RenderTask | undefined;
  let pieces: HTMLElement[] = [];
  let hits: { all: ReadonlySet<number>; current: ReadonlySet<number> } | undefined;

  function layOut(scale: number): void {
    element.style.width = `${Math.min(MAX_SIDE, points.width * scale)}px`;
    element.style.height = `${Math.min(MAX_SIDE, points.height * scale)}px`;
    element.style.setProperty('--total-scale-factor', String(scale));
    if (drawnScale !== undefined && drawnScale !== scale) clear();
  }

  function clear(): void {
    drawnScale = undefined;
    task?.cancel();
    task = undefined;
    pieces = [];
    element.replaceChildren();
    proxy?.cleanup();
  }

  async function paint(scale: number): Promise<void> {
    proxy ??= await pdf.getPage(number);
    if (drawnScale !== scale) return;
    const viewport = proxy.getViewport({ scale });
    points = { width: viewport.width / scale, height: viewport.height / scale };
    layOut(scale);
    const canvas = document.createElement('canvas');
    const pixelRatio = Math.min(devicePixelRatio, Math.sqrt(MAX_PIXELS / (viewport.width * viewport.height)));
    canvas.width = Math.max(1, Math.min(MAX_SIDE, Math.floor(viewport.width * pixelRatio)));
    canvas.height = Math.max(1, Math.min(MAX_SIDE, Math.floor(viewport.height * pixelRatio)));
    canvas.setAttribute('aria-hidden', 'true');
    element.append(canvas);
    task = proxy.render({ canvas, viewport, transform: [pixelRatio, 0, 0, pixelRatio, 0, 0] });
    await task.promise;
    if (drawnScale !== scale) return;
    element.dataset.drawn = '1';
    const text = document.createElement('div');
    text.className = 'textLayer';
    const layer = new TextLayer({ textContentSource: proxy.streamTextContent(), container: text, viewport });
    await layer.render();
    if (drawnScale !== scale) return;
    pieces = layer.textDivs;
    element.append(text, ...(await linksOf(proxy, scale)));
    showHits();
  }

  async function linksOf(page: PDFPageProxy, scale: number): Promise<HTMLElement[]> {
    const viewport = page.getViewport({ scale });
    const links: HTMLElement[] = [];
    for (const note of (await page.getAnnotations()).slice(0, 1000)) {
      if (note.subtype !== 'Link' || !Array.isArray(note.rect)) continue;
      const externalUrl = typeof note.url === 'string' && /^(?:https?|mailto):/i.test(note.url) ? note.url : undefined;
      if (externalUrl === undefined && !note.dest) continue;
      const [x1 = 0, y1 = 0] = viewport.convertToViewportPoint(note.rect[0], note.rect[1]);
      const [x2 = 0, y2 = 0] = viewport.convertToViewportPoint(note.rect[2], note.rect[3]);
      const link = document.createElement('a');
      link.style.left = `${Math.min(x1, x2)}px`;
      link.style.top = `${Math.min(y1, y2)}px`;
      link.style.width = `${Math.abs(x2 - x1)}px`;
      link.style.height = `${Math.abs(y2 - y1)}px`;
      if (externalUrl !== undefined) {
        link.href = link.title = externalUrl;
        link.target = '_blank';
        link.rel = 'noreferrer';
      } else {
        link.href = '#pages';
        link.onclick = (event) => {
          event.preventDefault();
          void pageOf(note.dest).then((target) => target && goToPage(target));
        };
      }
      links.push(link);
    }
    return links;
  }

  /** The page number of a destination. */
  async function pageOf(dest: unknown): Promise<number | undefined> {
    const destination: unknown = typeof dest === 'string' ? await pdf.getDestination(dest) : dest;
    const [first]: unknown[] = Array.isArray(destination) ? destination : [];
    if (typeof first === 'number') return first + 1;
    if (typeof first !== 'object' || first === null || !('num' in first) || !('gen' in first)) return undefined;
    return (await pdf.getPageIndex({ num: Number(first.num), gen: Number(first.gen) })) + 1;
  }

  function showHits(): void {
    for (const [index, piece] of pieces.entries()) {
      piece.classList.toggle('hit', hits?.all.has(index) ?? false);
      piece.classList.toggle('current', hits?.current.has(index) ?? false);
    }
    const [first] = hits?.current ?? [];
    if (first !== undefined) pieces[first]?.scrollIntoView({ block: 'center', inline: 'nearest' });
  }

  return {
    element,
    layOut,
    clear,
    draw(scale) {
      if (drawnScale === scale) return;
      clear();
      drawnScale = scale;
      delete element.dataset.drawn;
      paint(scale).catch((error: unknown) => {
        // The page was emptied or is being drawn at another scale.
        if (drawnScale !== scale) return;
        const line = document.createElement('p');
        line.className = 'bad';
        line.textContent = `This page cannot be drawn: ${error instanceof Error ? error.message : String(error)}`;
        element.replaceChildren(line);
      });
    },
    mark(all, current) {
      hits = { all, current };
      showHits();
    },
  };
}
