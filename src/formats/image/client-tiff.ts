/** The script of pages of TIFF files, which browsers do not know: makes the picture, then loads the tools of all pictures. */
import { decode } from 'tiff';
import { fetchFile } from '../../shared/kit/ranges/fetch-range.ts';
import { size as sizeOf } from '../../shared/kit/text/numbers.ts';
import { toPixels } from './client/pixels.ts';
import { tiffPages } from './shared/tiff.ts';

/** Beyond these a browser has no room for the pixels, or for the file. */
const MOST_PIXELS = 120_000_000;
const MOST_BYTES = 500_000_000;

const figure = document.querySelector('figure');
const picture = figure?.querySelector('img');
const caption = figure?.querySelector('figcaption');
if (figure && picture && caption) void start(figure, picture, caption);

async function start(place: HTMLElement, img: HTMLImageElement, note: HTMLElement): Promise<void> {
  const { source = '', size = '', style = '', script = '' } = document.body.dataset;
  const remark = document.createElement('span');
  const complain = (error: unknown): void => {
    place.className = 'broken';
    const alert = place.querySelector('[role=alert]');
    const reason = document.createElement('span');
    reason.textContent = `(${error instanceof Error ? error.message : String(error)}) `;
    alert?.querySelector('a')?.before(reason);
  };
  try {
    if (Number(size) > MOST_BYTES) throw new Error(`${sizeOf(Number(size))} are more than a browser has room for`);
    const response = await fetchFile(new URL(source, document.baseURI));
    const bytes = new Uint8Array(await response.arrayBuffer());
    const pages = tiffPages((position, length) => bytes.subarray(position, position + length));
    let url = '';
    const show = async (page: number): Promise<void> => {
      const blob = await pictureOf(bytes, pages, page, remark);
      URL.revokeObjectURL(url);
      url = URL.createObjectURL(blob);
      img.src = url;
      await img.decode();
    };
    await show(0);
    note.append(remark);
    if (pages.length > 1) note.append(chooser(pages.length, (page) => show(page).catch(complain)));
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = style;
    const tools = document.createElement('script');
    tools.src = script;
    document.head.append(link, tools);
  } catch (error) {
    complain(error);
  }
}

/** One page as a picture that browsers know; `remark` tells how its values are shown. */
async function pictureOf(
  bytes: Uint8Array,
  pages: readonly { width: number; height: number }[],
  page: number,
  remark: HTMLElement,
): Promise<Blob> {
  const { width = 0, height = 0 } = pages[page] ?? {};
  if (width === 0) throw new Error('it has no page with a size');
  if (width * height > MOST_PIXELS) throw new Error(`${width} × ${height} pixels are more than a browser has room for`);
  const [ifd] = decode(bytes, { pages: [page] });
  if (!ifd) throw new Error('the page is not there');
  const channels = ifd.samplesPerPixel;
  // Colour of any depth has its full light; so have grey bytes.
  const whole = ifd.sampleFormat === 1 && (ifd.bitsPerSample <= 8 || channels > 2);
  const { rgba, range } = toPixels({
    width: ifd.width,
    height: ifd.height,
    channels,
    data: ifd.data,
    full: whole ? 2 ** ifd.bitsPerSample - 1 : undefined,
    palette: ifd.palette,
  });
  const figures = range?.map((value) => String(Number(value.toPrecision(6))));
  remark.textContent = figures ? `black ${figures[0]}, white ${figures[1]}` : '';
  const canvas = document.createElement('canvas');
  canvas.width = ifd.width;
  canvas.height = ifd.height;
  canvas.getContext('2d')?.putImageData(new ImageData(rgba, ifd.width, ifd.height), 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('it could not be drawn'))));
  });
}

function chooser(count: number, choose: (page: number) => void): HTMLElement {
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
