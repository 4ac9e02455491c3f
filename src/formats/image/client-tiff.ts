/** Script of pages of TIFF files: decodes the picture, then loads the tools that all pictures have. */
import { decode } from 'tiff';
import { fetchFile } from '../../shared/kit/ranges/fetch-range.ts';
import { size as sizeOf } from '../../shared/kit/text/numbers.ts';
import { toPixels } from './client/pixels.ts';
import { tiffPages } from './shared/tiff.ts';

/** Largest picture and largest file that a browser has memory for. */
const MAX_PIXELS = 120_000_000;
const MAX_BYTES = 500_000_000;

/** The elements of the page. */
interface TiffFigure {
  readonly figure: HTMLElement;
  readonly picture: HTMLImageElement;
  readonly caption: HTMLElement;
  /** Shows which values are black and white. */
  readonly rangeNote: HTMLElement;
}

const figureElement = document.querySelector('figure');
const pictureElement = figureElement?.querySelector('img');
const captionElement = figureElement?.querySelector('figcaption');
if (figureElement && pictureElement && captionElement) {
  const elements: TiffFigure = {
    figure: figureElement,
    picture: pictureElement,
    caption: captionElement,
    rangeNote: document.createElement('span'),
  };
  start(elements).catch((error: unknown) => showError(elements, error));
}

async function start(elements: TiffFigure): Promise<void> {
  const { source = '', size = '', style = '', script = '' } = document.body.dataset;
  if (Number(size) > MAX_BYTES) throw new Error(`${sizeOf(Number(size))} are too much for a browser`);
  const response = await fetchFile(new URL(source, document.baseURI));
  const bytes = new Uint8Array(await response.arrayBuffer());
  const pages = tiffPages((position, length) => bytes.subarray(position, position + length));
  const showPage = async (page: number): Promise<void> => {
    const { blob, note } = await decodePage(bytes, pages, page);
    elements.rangeNote.textContent = note;
    await showPicture(elements.picture, blob);
  };
  await showPage(0);
  elements.caption.append(elements.rangeNote);
  if (pages.length > 1)
    elements.caption.append(
      createPageChooser(pages.length, (page) => showPage(page).catch((error: unknown) => showError(elements, error))),
    );
  loadTools(style, script);
}

/** Shows the alternative text of the page, with the reason. */
function showError({ figure }: TiffFigure, error: unknown): void {
  figure.className = 'broken';
  const reason = document.createElement('span');
  reason.textContent = `(${error instanceof Error ? error.message : String(error)}) `;
  figure.querySelector('[role=alert] a')?.before(reason);
}

/** Replaces the picture. Resolves when it is shown. */
async function showPicture(picture: HTMLImageElement, blob: Blob): Promise<void> {
  if (picture.src.startsWith('blob:')) URL.revokeObjectURL(picture.src);
  picture.src = URL.createObjectURL(blob);
  await picture.decode();
}

/** Loads the tools of all pictures. */
function loadTools(style: string, script: string): void {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = style;
  const tools = document.createElement('script');
  tools.src = script;
  document.head.append(link, tools);
}

/** Decodes a page into a PNG, and a note about the values that are black and white if they were computed. */
async function decodePage(
  bytes: Uint8Array,
  pages: readonly { width: number; height: number }[],
  page: number,
): Promise<{ blob: Blob; note: string }> {
  const { width = 0, height = 0 } = pages[page] ?? {};
  if (width === 0) throw new Error('it has no page with a size');
  if (width * height > MAX_PIXELS) throw new Error(`${width} × ${height} pixels are too many for a browser`);
  const [ifd] = decode(bytes, { pages: [page] });
  if (!ifd) throw new Error('the page is missing');
  const channels = ifd.samplesPerPixel;
  // Colour samples of any depth, and grey ones of up to 8 bits, use the full range of their type.
  const usesFullRange = ifd.sampleFormat === 1 && (ifd.bitsPerSample <= 8 || channels > 2);
  const { rgba, range } = toPixels({
    width: ifd.width,
    height: ifd.height,
    channels,
    data: ifd.data,
    white: usesFullRange ? 2 ** ifd.bitsPerSample - 1 : undefined,
    palette: ifd.palette,
  });
  const rangeTexts = range?.map((value) => String(Number(value.toPrecision(6))));
  const canvas = document.createElement('canvas');
  canvas.width = ifd.width;
  canvas.height = ifd.height;
  canvas.getContext('2d')?.putImageData(new ImageData(rgba, ifd.width, ifd.height), 0, 0);
  const blob = await new Promise<Blob>((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('it could not be drawn'))));
  });
  return { blob, note: rangeTexts ? `black ${rangeTexts[0]}, white ${rangeTexts[1]}` : '' };
}

function createPageChooser(count: number, choose: (page: number) => void): HTMLElement {
  const label = document.createElement('label');
  const input = document.createElement('input');
  input.type = 'number';
  input.min = input.value = '1';
  input.max = String(count);
  input.style.width = '70px';
  input.onchange = () => choose(Math.min(count, Math.max(1, Math.round(Number(input.value)))) - 1);
  label.append('page ', input, ` of ${count}`);
  return label;
}
