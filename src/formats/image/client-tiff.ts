/** Script of pages of TIFF files: decodes the picture, then loads the tools that all pictures have. */
import { decode } from 'tiff';
import { fetchFile } from '../../shared/kit/ranges/fetch-range.ts';
import { size as sizeOf } from '../../shared/kit/text/numbers.ts';
import { toPixels } from './client/pixels.ts';
import { tiffPages } from './shared/tiff.ts';

/** Largest picture and largest file that a browser has memory for. */
const MAX_PIXELS = 120_000_000;
const MAX_BYTES = 500_000_000;

const figure = document.querySelector('figure');
const picture = figure?.querySelector('img');
const caption = figure?.querySelector('figcaption');
if (figure && picture && caption) void start(figure, picture, caption);

async function start(
  figureElement: HTMLElement,
  imageElement: HTMLImageElement,
  captionElement: HTMLElement,
): Promise<void> {
  const { source = '', size = '', style = '', script = '' } = document.body.dataset;
  const remark = document.createElement('span');
  const reportError = (error: unknown): void => {
    figureElement.className = 'broken';
    const alert = figureElement.querySelector('[role=alert]');
    const reason = document.createElement('span');
    reason.textContent = `(${error instanceof Error ? error.message : String(error)}) `;
    alert?.querySelector('a')?.before(reason);
  };
  try {
    if (Number(size) > MAX_BYTES) throw new Error(`${sizeOf(Number(size))} are too much for a browser`);
    const response = await fetchFile(new URL(source, document.baseURI));
    const bytes = new Uint8Array(await response.arrayBuffer());
    const pages = tiffPages((position, length) => bytes.subarray(position, position + length));
    let url = '';
    const showPage = async (page: number): Promise<void> => {
      const blob = await decodePage(bytes, pages, page, remark);
      URL.revokeObjectURL(url);
      url = URL.createObjectURL(blob);
      imageElement.src = url;
      await imageElement.decode();
    };
    await showPage(0);
    captionElement.append(remark);
    if (pages.length > 1)
      captionElement.append(createPageChooser(pages.length, (page) => showPage(page).catch(reportError)));
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = style;
    const tools = document.createElement('script');
    tools.src = script;
    document.head.append(link, tools);
  } catch (error) {
    reportError(error);
  }
}

/** Decodes a page into a PNG. Writes the value range of grey pictures into `remark`. */
async function decodePage(
  bytes: Uint8Array,
  pages: readonly { width: number; height: number }[],
  page: number,
  remark: HTMLElement,
): Promise<Blob> {
  const { width = 0, height = 0 } = pages[page] ?? {};
  if (width === 0) throw new Error('it has no page with a size');
  if (width * height > MAX_PIXELS) throw new Error(`${width} × ${height} pixels are too many for a browser`);
  const [ifd] = decode(bytes, { pages: [page] });
  if (!ifd) throw new Error('the page is not there');
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
  remark.textContent = rangeTexts ? `black ${rangeTexts[0]}, white ${rangeTexts[1]}` : '';
  const canvas = document.createElement('canvas');
  canvas.width = ifd.width;
  canvas.height = ifd.height;
  canvas.getContext('2d')?.putImageData(new ImageData(rgba, ifd.width, ifd.height), 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('it could not be drawn'))));
  });
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
