/** Script of pages of pictures: zoom, pan, and the colour of the pixel under the pointer. Loaded after the picture. */
import { button } from '../../web/kit/dom/button.ts';
import { listenToKeys, listenToPointers, listenToWheel } from './client/input.ts';
import { layOut, type PictureView, scaleOf, setScale } from './client/picture-view.ts';
import { PixelReadout } from './client/pixel-readout.ts';
import { nextStep } from './client/scale.ts';

const HELP =
  'Wheel with Ctrl (alone: the wheel), two fingers or + and - zoom, 0 shows all, 1 the actual size; drag or arrow keys move it';

const stageElement = document.querySelector<HTMLElement>('.pic');
const pictureElement = stageElement?.querySelector('img');
const captionElement = document.querySelector('figcaption');
if (stageElement && pictureElement && captionElement) start(stageElement, pictureElement, captionElement);

function start(stage: HTMLElement, picture: HTMLImageElement, caption: Element): void {
  if (parent === window) document.documentElement.classList.add('alone');
  stage.tabIndex = 0;
  stage.setAttribute('role', 'group');
  stage.setAttribute('aria-label', `Picture. ${HELP}.`);
  const view = createView(stage, picture);
  const point = document.createElement('span');
  point.className = 'point';
  caption.append(point, createTools(view));
  const readout = new PixelReadout(view, point);
  listenToPointers(view, readout);
  listenToWheel(view, readout);
  listenToKeys(view);
  listenToChanges(view, readout);
  layOut(view);
}

function createView(stage: HTMLElement, picture: HTMLImageElement): PictureView {
  const isVector = document.body.dataset.vector === '1';
  // For an SVG without a size, browsers make up a natural size that ignores its view box.
  const declaredWidth = isVector ? Number(picture.getAttribute('width')) : 0;
  const declaredHeight = declaredWidth ? Number(picture.getAttribute('height')) : 0;
  return {
    stage,
    picture,
    output: document.createElement('output'),
    isVector,
    width: declaredWidth || picture.naturalWidth,
    height: declaredHeight || picture.naturalHeight,
    zoom: 'fit',
  };
}

/** Creates the buttons that zoom, with the scale between them. */
function createTools(view: PictureView): HTMLElement {
  const tools = document.createElement('span');
  tools.className = 'zoom';
  view.output.title = HELP;
  tools.append(
    button('−', 'Zoom out', () => setScale(view, nextStep(scaleOf(view), -1))),
    view.output,
    button('+', 'Zoom in', () => setScale(view, nextStep(scaleOf(view), 1))),
    button('Fit', 'Show all of it', () => setScale(view, 'fit')),
    button('1:1', 'Actual size', () => setScale(view, 1)),
  );
  return tools;
}

/** Lays out the page again when its window, its place or the picture changes. */
function listenToChanges(view: PictureView, readout: PixelReadout): void {
  // The script for TIFF replaces the picture when another page is chosen.
  view.picture.addEventListener('load', () => {
    if (view.isVector) return;
    view.width = view.picture.naturalWidth;
    view.height = view.picture.naturalHeight;
    readout.resetPicture();
    layOut(view);
  });
  addEventListener('resize', () => layOut(view));
  // The viewer sets the class `alone` when the page fills the window.
  new MutationObserver(() => layOut(view)).observe(document.documentElement, { attributeFilter: ['class'] });
}
