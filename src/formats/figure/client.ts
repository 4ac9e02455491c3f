/** The script of pages of figures: reads the JSON, loads the library for it, and draws, again when the colours change. */

import { size as sizeOf } from '../../shared/kit/text/numbers.ts';
import { fetchUtf8 } from '../../shared/kit/tree/open-json.ts';
import { isComplete } from '../../web/kit/ranges/is-complete.ts';
import type { Drawn, Library } from './client/draw.ts';
import { parseSafely } from './client/parse.ts';

/** Beyond this a browser has trouble with the text, and more with the figure. */
const MOST = 100_000_000;
const PAUSE = 700;
const LOOKS = 500;

const place = document.getElementById('figure');
const remark = document.getElementById('remark');
if (place && remark) void start(place, remark);

async function start(element: HTMLElement, note: HTMLElement): Promise<void> {
  const { library = '', called = '' } = document.body.dataset;
  const say = (text: string, bad = false): void => {
    note.textContent = text;
    note.classList.toggle('bad', bad);
  };
  try {
    if (parent === window) document.documentElement.classList.add('alone');
    const [spec, found] = await Promise.all([read(say), load(library)]);
    const darkness = matchMedia('(prefers-color-scheme: dark)');
    let drawn: Drawn | undefined;
    const draw = async (): Promise<void> => {
      drawn?.remove();
      element.replaceChildren();
      element.hidden = false;
      try {
        // Libraries write into what they are given.
        drawn = await found.draw(structuredClone(spec), element, darkness.matches);
        say([called, ...drawn.remarks].join(' · '));
      } catch (error) {
        drawn = undefined;
        element.replaceChildren();
        element.hidden = true;
        const reason = error instanceof Error ? error.message : String(error);
        say(`This cannot be drawn as a figure of ${called}: ${reason.slice(0, 500)}`, true);
        document.querySelector('details')?.setAttribute('open', '');
      }
    };
    await draw();
    darkness.addEventListener('change', () => void draw());
    new ResizeObserver(() => drawn?.resize?.()).observe(element);
  } catch (error) {
    element.hidden = true;
    say(`This figure cannot be drawn: ${error instanceof Error ? error.message : String(error)}`, true);
    document.querySelector('details')?.setAttribute('open', '');
  }
}

/** The value of the JSON text, from the page where it is all there, else from the file. */
async function read(say: (text: string) => void): Promise<unknown> {
  const { source = '', size = '', text } = document.body.dataset;
  if (text) return parseSafely(document.getElementById('text')?.textContent ?? '');
  if (Number(size) > MOST) throw new Error(`${sizeOf(Number(size))} are more than a browser can draw.`);
  const url = new URL(source, document.baseURI).href;
  for (let looks = 0; !(await isComplete(url, Number(size))) && looks < LOOKS; looks++) {
    say('The whole file is not here yet.');
    await new Promise((done) => setTimeout(done, PAUSE));
  }
  const bytes = await fetchUtf8(url, (count) => say(`Loading, ${sizeOf(count)} of ${sizeOf(Number(size))}`));
  return parseSafely(new TextDecoder().decode(bytes));
}

function load(url: string): Promise<Library> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.onload = () =>
      window.webpipeFigures ? resolve(window.webpipeFigures) : reject(new Error('its library did not start'));
    script.onerror = () => reject(new Error('its library could not be loaded'));
    document.head.append(script);
  });
}
