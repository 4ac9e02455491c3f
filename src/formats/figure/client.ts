/** Script of pages of figures: loads the JSON and its library, and draws again when the colour scheme changes. */

import { size as sizeOf } from '../../shared/kit/text/numbers.ts';
import { fetchUtf8 } from '../../shared/kit/tree/open-json.ts';
import { isComplete } from '../../web/kit/ranges/is-complete.ts';
import type { DrawnFigure, Library } from './client/library.ts';
import { parseSafely } from './client/parse-json-safely.ts';

/** Largest JSON that is drawn, bytes. */
const MAX_BYTES = 100_000_000;
/** Interval, in milliseconds, and number of checks for the complete file. */
const RETRY_DELAY = 700;
const MAX_RETRIES = 500;

const figureElement = document.getElementById('figure');
const remarkElement = document.getElementById('remark');
if (figureElement && remarkElement) void start(figureElement, remarkElement);

async function start(element: HTMLElement, note: HTMLElement): Promise<void> {
  const { library = '', called = '' } = document.body.dataset;
  const showRemark = (text: string, bad = false): void => {
    note.textContent = text;
    note.classList.toggle('bad', bad);
  };
  try {
    if (parent === window) document.documentElement.classList.add('alone');
    const [spec, drawLibrary] = await Promise.all([readSpec(showRemark), loadLibrary(library)]);
    const darkness = matchMedia('(prefers-color-scheme: dark)');
    let drawn: DrawnFigure | undefined;
    const draw = async (): Promise<void> => {
      drawn?.remove();
      element.replaceChildren();
      element.hidden = false;
      try {
        // Libraries modify the specification.
        drawn = await drawLibrary.draw(structuredClone(spec), element, darkness.matches);
        showRemark([called, ...drawn.remarks].join(' · '));
      } catch (error) {
        drawn = undefined;
        element.replaceChildren();
        element.hidden = true;
        const reason = error instanceof Error ? error.message : String(error);
        showRemark(`This cannot be drawn as a figure of ${called}: ${reason.slice(0, 500)}`, true);
        document.querySelector('details')?.setAttribute('open', '');
      }
    };
    await draw();
    darkness.addEventListener('change', () => void draw());
    new ResizeObserver(() => drawn?.resize?.()).observe(element);
  } catch (error) {
    element.hidden = true;
    showRemark(`This figure cannot be drawn: ${error instanceof Error ? error.message : String(error)}`, true);
    document.querySelector('details')?.setAttribute('open', '');
  }
}

/** Reads the JSON value from the page if it contains all of the text, else from the file. */
async function readSpec(showRemark: (text: string) => void): Promise<unknown> {
  const { source = '', size = '', text } = document.body.dataset;
  if (text) return parseSafely(document.getElementById('text')?.textContent ?? '');
  if (Number(size) > MAX_BYTES) throw new Error(`${sizeOf(Number(size))} are more than a browser can draw.`);
  const url = new URL(source, document.baseURI).href;
  for (let retries = 0; !(await isComplete(url, Number(size))) && retries < MAX_RETRIES; retries++) {
    showRemark('Waiting for the rest of the file.');
    await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY));
  }
  const bytes = await fetchUtf8(url, (count) => showRemark(`Loading, ${sizeOf(count)} of ${sizeOf(Number(size))}`));
  return parseSafely(new TextDecoder().decode(bytes));
}

function loadLibrary(url: string): Promise<Library> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.onload = () =>
      window.webpipeFigures ? resolve(window.webpipeFigures) : reject(new Error('its library did not start'));
    script.onerror = () => reject(new Error('its library could not be loaded'));
    document.head.append(script);
  });
}
