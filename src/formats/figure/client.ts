/**
 * Script of figure pages: loads the JSON and the library, draws the figure, and redraws it in another colour scheme.
 */

import { messageOf } from '../../shared/errors.ts';
import { size as sizeText } from '../../shared/kit/text/numbers.ts';
import { fetchUtf8 } from '../../shared/kit/tree/open-json.ts';
import { elementById } from '../../web/kit/dom/element.ts';
import { isComplete } from '../../web/kit/ranges/is-complete.ts';
import type { DrawnFigure, Library } from './client/library.ts';
import { parseSafely } from './client/parse-json-safely.ts';

/** Largest JSON that is drawn, in bytes. */
const MAX_BYTES = 100_000_000;
/** Milliseconds between two checks whether the file is complete, and number of checks. */
const RETRY_DELAY = 700;
const MAX_RETRIES = 500;

const figureElement = elementById('figure');
const remarkElement = elementById('remark');
if (figureElement && remarkElement) void start(figureElement, remarkElement);

async function start(element: HTMLElement, note: HTMLElement): Promise<void> {
  const { library = '', called: libraryName = '' } = document.body.dataset;
  const showRemark = (text: string, isError = false): void => {
    note.textContent = text;
    note.classList.toggle('bad', isError);
  };
  try {
    if (parent === window) document.documentElement.classList.add('alone');
    const [spec, drawingLibrary] = await Promise.all([readSpec(showRemark), loadLibrary(library)]);
    const darkScheme = matchMedia('(prefers-color-scheme: dark)');
    let drawn: DrawnFigure | undefined;
    const draw = async (): Promise<void> => {
      drawn?.remove();
      element.replaceChildren();
      element.hidden = false;
      try {
        // A copy, because libraries modify the specification.
        drawn = await drawingLibrary.draw(structuredClone(spec), element, darkScheme.matches);
        showRemark([libraryName, ...drawn.remarks].join(' · '));
      } catch (error) {
        drawn = undefined;
        element.replaceChildren();
        element.hidden = true;
        showRemark(`This cannot be drawn as a figure of ${libraryName}: ${messageOf(error).slice(0, 500)}`, true);
        showJson();
      }
    };
    await draw();
    darkScheme.addEventListener('change', () => void draw());
    new ResizeObserver(() => drawn?.resize?.()).observe(element);
  } catch (error) {
    element.hidden = true;
    showRemark(`This figure cannot be drawn: ${messageOf(error)}`, true);
    showJson();
  }
}

/** Opens the tree of the JSON below the figure. */
function showJson(): void {
  document.querySelector('details')?.setAttribute('open', '');
}

/** Reads the JSON from the page if that contains the complete text, else from the file. */
async function readSpec(showRemark: (text: string) => void): Promise<unknown> {
  const { source = '', size = '', text } = document.body.dataset;
  if (text) return parseSafely(elementById('text')?.textContent ?? '');
  if (Number(size) > MAX_BYTES) throw new Error(`${sizeText(Number(size))} are more than a browser can draw.`);
  const url = new URL(source, document.baseURI).href;
  for (let retries = 0; !(await isComplete(url, Number(size))) && retries < MAX_RETRIES; retries++) {
    showRemark('Waiting for the rest of the file.');
    await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY));
  }
  const bytes = await fetchUtf8(url, (count) => showRemark(`Loading, ${sizeText(count)} of ${sizeText(Number(size))}`));
  return parseSafely(new TextDecoder().decode(bytes));
}

/** Loads the script of a library, which sets `window.webpipeFigures`. */
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
