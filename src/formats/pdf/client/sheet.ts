/** One page of a document: paper that is drawn when it is near, and emptied when it is far. */
import { type PDFDocumentProxy, type PDFPageProxy, type RenderTask, TextLayer } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** A canvas of more pixels is drawn coarser. */
const AREA = 16_000_000;
/** Paper is not laid out larger than this, whatever the file says. */
const LONGEST = 20_000;

export interface Sheet {
  readonly element: HTMLElement;
  /** Draws the page at `scale`, unless it is drawn so already. */
  draw(scale: number): void;
  /** Gives the paper its size at `scale`, without drawing. */
  lay(scale: number): void;
  clear(): void;
  /** Marks the pieces of text with these numbers, now or when they are there, and moves to the first. */
  mark(pieces: ReadonlySet<number>, current: ReadonlySet<number>): void;
}

/** @param size what is known of its size in points before it is asked for; `go` leads to another page */
export function createSheet(
  pdf: PDFDocumentProxy,
  number: number,
  size: { width: number; height: number },
  go: (page: number) => void,
): Sheet {
  const element = document.createElement('div');
  element.className = 'sheet';
  element.dataset.page = String(number);
  let points = size;
  let proxy: PDFPageProxy | undefined;
  let drawn: number | undefined;
  let task: RenderTask | undefined;
  let pieces: HTMLElement[] = [];
  let hits: { all: ReadonlySet<number>; current: ReadonlySet<number> } | undefined;

  function lay(scale: number): void {
    element.style.width = `${Math.min(LONGEST, points.width * scale)}px`;
    element.style.height = `${Math.min(LONGEST, points.height * scale)}px`;
    element.style.setProperty('--total-scale-factor', String(scale));
    if (drawn !== undefined && drawn !== scale) clear();
  }

  function clear(): void {
    drawn = undefined;
    task?.cancel();
    task = undefined;
    pieces = [];
    element.replaceChildren();
    proxy?.cleanup();
  }

  async function paint(scale: number): Promise<void> {
    proxy ??= await pdf.getPage(number);
    if (drawn !== scale) return;
    const viewport = proxy.getViewport({ scale });
    points = { width: viewport.width / scale, height: viewport.height / scale };
    lay(scale);
    const canvas = document.createElement('canvas');
    const fine = Math.min(devicePixelRatio, Math.sqrt(AREA / (viewport.width * viewport.height)));
    canvas.width = Math.max(1, Math.min(LONGEST, Math.floor(viewport.width * fine)));
    canvas.height = Math.max(1, Math.min(LONGEST, Math.floor(viewport.height * fine)));
    canvas.setAttribute('aria-hidden', 'true');
    element.append(canvas);
    task = proxy.render({ canvas, viewport, transform: [fine, 0, 0, fine, 0, 0] });
    await task.promise;
    if (drawn !== scale) return;
    element.dataset.drawn = '1';
    const text = document.createElement('div');
    text.className = 'textLayer';
    const layer = new TextLayer({ textContentSource: proxy.streamTextContent(), container: text, viewport });
    await layer.render();
    if (drawn !== scale) return;
    pieces = layer.textDivs;
    element.append(text, ...(await linksOf(proxy, scale)));
    showHits();
  }

  async function linksOf(page: PDFPageProxy, scale: number): Promise<HTMLElement[]> {
    const viewport = page.getViewport({ scale });
    const links: HTMLElement[] = [];
    for (const note of (await page.getAnnotations()).slice(0, 1000)) {
      if (note.subtype !== 'Link' || !Array.isArray(note.rect)) continue;
      const outside = typeof note.url === 'string' && /^(?:https?|mailto):/i.test(note.url) ? note.url : undefined;
      if (outside === undefined && !note.dest) continue;
      const [x1 = 0, y1 = 0] = viewport.convertToViewportPoint(note.rect[0], note.rect[1]);
      const [x2 = 0, y2 = 0] = viewport.convertToViewportPoint(note.rect[2], note.rect[3]);
      const link = document.createElement('a');
      link.style.left = `${Math.min(x1, x2)}px`;
      link.style.top = `${Math.min(y1, y2)}px`;
      link.style.width = `${Math.abs(x2 - x1)}px`;
      link.style.height = `${Math.abs(y2 - y1)}px`;
      if (outside !== undefined) {
        link.href = link.title = outside;
        link.target = '_blank';
        link.rel = 'noreferrer';
      } else {
        link.href = '#pages';
        link.onclick = (event) => {
          event.preventDefault();
          void pageOf(note.dest).then((target) => target && go(target));
        };
      }
      links.push(link);
    }
    return links;
  }

  /** The number of the page that a destination means. */
  async function pageOf(dest: unknown): Promise<number | undefined> {
    const found: unknown = typeof dest === 'string' ? await pdf.getDestination(dest) : dest;
    const [first]: unknown[] = Array.isArray(found) ? found : [];
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
    lay,
    clear,
    draw(scale) {
      if (drawn === scale) return;
      clear();
      drawn = scale;
      delete element.dataset.drawn;
      paint(scale).catch((error: unknown) => {
        // It was emptied meanwhile.
        if (drawn !== scale) return;
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
