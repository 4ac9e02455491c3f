/** Script of pages of pictures: zoom, pan, and the colour of the pixel under the pointer. Loaded after the picture. */
import { button } from '../../web/kit/dom/button.ts';
import { createProbe, type Probe } from './client/probe.ts';
import { clampScale, colourText, fitScale, nextStep, scaleForClick } from './client/scale.ts';

/** Height of a zoomed picture in the scroll: at least so many pixels, at most this part of the screen. */
const MIN_HEIGHT = 420;
const SCREEN_PART = 0.65;
/** Pixels that the pointer may move during a click. */
const CLICK_DISTANCE = 4;
const HELP =
  'Wheel with Ctrl (alone: the wheel), two fingers or + and - zoom, 0 shows all, 1 the actual size; drag or arrow keys move it';

const stageElement = document.querySelector<HTMLElement>('.pic');
const imageElement = stageElement?.querySelector('img');
const caption = document.querySelector('figcaption');
if (stageElement && imageElement && caption) start(stageElement, imageElement, caption);

/** Two touches: the distance between them, and their centre. */
interface Fingers {
  readonly apart: number;
  readonly clientX: number;
  readonly clientY: number;
}

function fingersOf({ touches }: TouchEvent): Fingers | undefined {
  const [first, second] = touches;
  if (!first || !second || touches.length > 2) return undefined;
  return {
    apart: Math.max(10, Math.hypot(first.clientX - second.clientX, first.clientY - second.clientY)),
    clientX: (first.clientX + second.clientX) / 2,
    clientY: (first.clientY + second.clientY) / 2,
  };
}

function start(stage: HTMLElement, picture: HTMLImageElement, note: Element): void {
  const vector = document.body.dataset.vector === '1';
  // For an SVG without a size, browsers make up a natural size that ignores its view box.
  const declaredWidth = vector ? Number(picture.getAttribute('width')) : 0;
  let width = declaredWidth || picture.naturalWidth;
  let height = (declaredWidth && Number(picture.getAttribute('height'))) || picture.naturalHeight;
  const isAlone = (): boolean => parent === window || document.documentElement.classList.contains('alone');
  /** Screen pixels per picture pixel; undefined: fit into the window. */
  let zoom: number | undefined;
  let probe: Probe | undefined;

  if (parent === window) document.documentElement.classList.add('alone');
  stage.tabIndex = 0;
  stage.setAttribute('role', 'group');
  stage.setAttribute('aria-label', `Picture. ${HELP}.`);

  const point = document.createElement('span');
  point.className = 'point';
  const tools = document.createElement('span');
  tools.className = 'zoom';
  const percent = document.createElement('output');
  percent.title = HELP;
  tools.append(
    button('−', 'Zoom out', () => setScale(nextStep(scale(), -1))),
    percent,
    button('+', 'Zoom in', () => setScale(nextStep(scale(), 1))),
    button('Fit', 'Show all of it', () => setScale(undefined)),
    button('1:1', 'Actual size', () => setScale(1)),
  );
  note.append(point, tools);

  const fit = (): number =>
    fitScale(width, height, { width: stage.clientWidth, height: isAlone() ? availableHeight() : undefined });
  const scale = (): number => zoom ?? fit();
  const availableHeight = (): number =>
    isAlone() ? innerHeight - 74 : Math.max(MIN_HEIGHT, Math.min(height * fit(), screen.height * SCREEN_PART));

  /** Changes the scale. The point under `at`, or the centre, keeps its position. */
  function setScale(next: number | undefined, anchor?: { clientX: number; clientY: number }): void {
    const before = picture.getBoundingClientRect();
    const view = stage.getBoundingClientRect();
    const x = anchor?.clientX ?? view.left + stage.clientWidth / 2;
    const y = anchor?.clientY ?? view.top + stage.clientHeight / 2;
    const relativeX = (x - before.left) / before.width;
    const relativeY = (y - before.top) / before.height;
    zoom = next === undefined ? undefined : clampScale(next, fit(), width, height);
    layOut();
    if (zoom === undefined) return;
    const after = picture.getBoundingClientRect();
    stage.scrollLeft += after.left + relativeX * after.width - x;
    stage.scrollTop += after.top + relativeY * after.height - y;
  }

  function layOut(): void {
    const currentScale = scale();
    stage.classList.toggle('sized', zoom !== undefined || isAlone());
    picture.style.width = zoom !== undefined || isAlone() ? `${width * currentScale}px` : '';
    picture.style.height = zoom !== undefined || isAlone() ? `${height * currentScale}px` : '';
    stage.style.height =
      isAlone() || zoom === undefined
        ? ''
        : `${Math.min(height * currentScale + scrollBarHeight(currentScale), availableHeight())}px`;
    stage.classList.toggle('zoomed', currentScale > fit() * 1.001);
    stage.classList.toggle('pixels', !vector && currentScale * devicePixelRatio >= 2);
    percent.textContent = `${Math.round(currentScale * 1000) / 10 >= 10 ? Math.round(currentScale * 100) : Math.round(currentScale * 1000) / 10} %`;
  }
  /** Height of the horizontal scroll bar, if there is one. */
  const scrollBarHeight = (now: number): number =>
    width * now > stage.clientWidth ? stage.offsetHeight - stage.clientHeight || 15 : 0;

  function showPixel(event: { clientX: number; clientY: number }): void {
    const box = picture.getBoundingClientRect();
    const x = Math.floor(((event.clientX - box.left) / box.width) * width);
    const y = Math.floor(((event.clientY - box.top) / box.height) * height);
    if (x < 0 || y < 0 || x >= width || y >= height) return point.replaceChildren();
    probe ??= createProbe(picture.src, vector ? { width, height } : undefined, () => showPixel(lastPointer));
    const pixel = probe.at(x, y);
    point.textContent = `x ${x}, y ${y}`;
    if (!pixel) return;
    const swatch = document.createElement('i');
    const [red, green, blue, alpha] = pixel;
    swatch.style.background = `rgb(${red} ${green} ${blue} / ${alpha / 255})`;
    point.append(swatch, colourText(red, green, blue, alpha));
  }
  let lastPointer = { clientX: -1, clientY: -1 };

  stage.addEventListener('pointerleave', () => {
    lastPointer = { clientX: -1, clientY: -1 };
    point.replaceChildren();
  });
  stage.addEventListener('scroll', () => showPixel(lastPointer));

  stage.addEventListener(
    'wheel',
    (event) => {
      // Inside the scroll, the wheel without modifier scrolls the scroll.
      if (!event.ctrlKey && !event.metaKey && !isAlone()) return;
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
      setScale(scale() * Math.exp(-Math.max(-200, Math.min(200, event.deltaY * lines)) / 300), event);
      showPixel(event);
    },
    { passive: false },
  );

  // Two fingers zoom and pan.
  let fingers: Fingers | undefined;
  stage.addEventListener('touchstart', (event) => {
    fingers = fingersOf(event);
    // A second finger ends the click or drag that the first one began.
    if (fingers) drag = undefined;
  });
  stage.addEventListener(
    'touchmove',
    (event) => {
      const current = fingersOf(event);
      if (!current || !fingers) return;
      event.preventDefault();
      stage.scrollLeft += fingers.clientX - current.clientX;
      stage.scrollTop += fingers.clientY - current.clientY;
      setScale((scale() * current.apart) / fingers.apart, current);
      fingers = current;
    },
    { passive: false },
  );
  for (const end of ['touchend', 'touchcancel'] as const)
    stage.addEventListener(end, (event) => {
      fingers = fingersOf(event);
    });

  // A single finger pans by native scrolling; other pointers drag.
  let drag: { x: number; y: number; moved: boolean } | undefined;
  stage.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.target !== picture) return;
    drag = { x: event.clientX, y: event.clientY, moved: event.pointerType === 'touch' };
    if (event.pointerType !== 'touch') stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener('pointermove', (event) => {
    lastPointer = event;
    showPixel(event);
    if (!drag || event.pointerType === 'touch') return;
    if (!drag.moved && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < CLICK_DISTANCE) return;
    stage.scrollLeft -= event.clientX - drag.x;
    stage.scrollTop -= event.clientY - drag.y;
    drag = { x: event.clientX, y: event.clientY, moved: true };
  });
  stage.addEventListener('pointerup', (event) => {
    if (drag && !drag.moved) toggle(event);
    drag = undefined;
  });
  stage.addEventListener('pointercancel', () => {
    drag = undefined;
  });
  picture.draggable = false;

  function toggle(anchor?: { clientX: number; clientY: number }): void {
    const zoomed = scale() > fit() * 1.001;
    setScale(
      zoomed ? undefined : scaleForClick(fit(), width, height, { width: stage.clientWidth, height: availableHeight() }),
      anchor,
    );
  }

  addEventListener('keydown', (event) => {
    const target = event.target as Element;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '+' || event.key === '=') setScale(nextStep(scale(), 1));
    else if (event.key === '-') setScale(nextStep(scale(), -1));
    else if (event.key === '0') setScale(undefined);
    else if (event.key === '1') setScale(1);
    else if (event.key === 'Enter' && target === stage) toggle();
    else return;
    event.preventDefault();
  });

  // The script for TIFF shows another page.
  picture.addEventListener('load', () => {
    if (vector) return;
    width = picture.naturalWidth;
    height = picture.naturalHeight;
    probe = undefined;
    layOut();
  });
  addEventListener('resize', layOut);
  // The viewer sets the class `alone` when the page fills the window.
  new MutationObserver(layOut).observe(document.documentElement, { attributeFilter: ['class'] });
  layOut();
}
