/** The script of picture pages, loaded when the picture is seen: zoom, pan, and the pixel under the pointer. */
import { button } from '../../web/kit/dom/button.ts';
import { createProbe, type Probe } from './client/probe.ts';
import { bounded, closer, colour, fitting, step } from './client/zoom.ts';

/** A picture that is zoomed gets at least this much height in the scroll, and at most this part of the screen. */
const ROOM = 420;
const SCREEN = 0.65;
/** A pointer that moved less between down and up has clicked. */
const CLICK = 4;
const HELP =
  'Wheel with Ctrl (alone: the wheel), two fingers or + and - zoom, 0 shows all, 1 the actual size; drag or arrow keys move it';

const pic = document.querySelector<HTMLElement>('.pic');
const img = pic?.querySelector('img');
const caption = document.querySelector('figcaption');
if (pic && img && caption) start(pic, img, caption);

/** Two fingers on the screen: how far they are from each other, and the point between them. */
interface Fingers {
  readonly apart: number;
  readonly clientX: number;
  readonly clientY: number;
}

function fingersOf({ touches }: TouchEvent): Fingers | undefined {
  const [one, two] = touches;
  if (!one || !two || touches.length > 2) return undefined;
  return {
    apart: Math.max(10, Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY)),
    clientX: (one.clientX + two.clientX) / 2,
    clientY: (one.clientY + two.clientY) / 2,
  };
}

function start(stage: HTMLElement, picture: HTMLImageElement, note: Element): void {
  const vector = document.body.dataset.vector === '1';
  // What browsers make of an SVG without a size of its own is not its proportions.
  const told = vector ? Number(picture.getAttribute('width')) : 0;
  let width = told || picture.naturalWidth;
  let height = (told && Number(picture.getAttribute('height'))) || picture.naturalHeight;
  const alone = (): boolean => parent === window || document.documentElement.classList.contains('alone');
  /** Undefined: as large as there is room for. */
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
    button('−', 'Zoom out', () => show(step(scale(), -1))),
    percent,
    button('+', 'Zoom in', () => show(step(scale(), 1))),
    button('Fit', 'Show all of it', () => show(undefined)),
    button('1:1', 'Actual size', () => show(1)),
  );
  note.append(point, tools);

  const fit = (): number => fitting(width, height, { width: stage.clientWidth, height: alone() ? room() : undefined });
  const scale = (): number => zoom ?? fit();
  const room = (): number =>
    alone() ? innerHeight - 74 : Math.max(ROOM, Math.min(height * fit(), screen.height * SCREEN));

  /** Shows the picture at a scale; what is at a point of the window, or in the middle, stays where it is. */
  function show(next: number | undefined, at?: { clientX: number; clientY: number }): void {
    const before = picture.getBoundingClientRect();
    const view = stage.getBoundingClientRect();
    const x = at?.clientX ?? view.left + stage.clientWidth / 2;
    const y = at?.clientY ?? view.top + stage.clientHeight / 2;
    const inX = (x - before.left) / before.width;
    const inY = (y - before.top) / before.height;
    zoom = next === undefined ? undefined : bounded(next, fit(), width, height);
    lay();
    if (zoom === undefined) return;
    const after = picture.getBoundingClientRect();
    stage.scrollLeft += after.left + inX * after.width - x;
    stage.scrollTop += after.top + inY * after.height - y;
  }

  function lay(): void {
    const now = scale();
    stage.classList.toggle('sized', zoom !== undefined || alone());
    picture.style.width = zoom !== undefined || alone() ? `${width * now}px` : '';
    picture.style.height = zoom !== undefined || alone() ? `${height * now}px` : '';
    stage.style.height = alone() || zoom === undefined ? '' : `${Math.min(height * now + bars(now), room())}px`;
    stage.classList.toggle('zoomed', now > fit() * 1.001);
    stage.classList.toggle('pixels', !vector && now * devicePixelRatio >= 2);
    percent.textContent = `${Math.round(now * 1000) / 10 >= 10 ? Math.round(now * 100) : Math.round(now * 1000) / 10} %`;
  }
  /** The height of the bar for moving a picture that is wider than its stage. */
  const bars = (now: number): number =>
    width * now > stage.clientWidth ? stage.offsetHeight - stage.clientHeight || 15 : 0;

  function tell(event: { clientX: number; clientY: number }): void {
    const box = picture.getBoundingClientRect();
    const x = Math.floor(((event.clientX - box.left) / box.width) * width);
    const y = Math.floor(((event.clientY - box.top) / box.height) * height);
    if (x < 0 || y < 0 || x >= width || y >= height) return point.replaceChildren();
    probe ??= createProbe(picture.src, vector ? { width, height } : undefined, () => tell(last));
    const found = probe.at(x, y);
    point.textContent = `x ${x}, y ${y}`;
    if (!found) return;
    const patch = document.createElement('i');
    const [red, green, blue, alpha] = found;
    patch.style.background = `rgb(${red} ${green} ${blue} / ${alpha / 255})`;
    point.append(patch, colour(red, green, blue, alpha));
  }
  let last = { clientX: -1, clientY: -1 };

  stage.addEventListener('pointerleave', () => {
    last = { clientX: -1, clientY: -1 };
    point.replaceChildren();
  });
  stage.addEventListener('scroll', () => tell(last));

  stage.addEventListener(
    'wheel',
    (event) => {
      // In the scroll the wheel scrolls it.
      if (!event.ctrlKey && !event.metaKey && !alone()) return;
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
      show(scale() * Math.exp(-Math.max(-200, Math.min(200, event.deltaY * lines)) / 300), event);
      tell(event);
    },
    { passive: false },
  );

  // Two fingers zoom, and move what is between them.
  let fingers: Fingers | undefined;
  stage.addEventListener('touchstart', (event) => {
    fingers = fingersOf(event);
    // What began as the touch of one finger is no click any more.
    if (fingers) held = undefined;
  });
  stage.addEventListener(
    'touchmove',
    (event) => {
      const now = fingersOf(event);
      if (!now || !fingers) return;
      event.preventDefault();
      stage.scrollLeft += fingers.clientX - now.clientX;
      stage.scrollTop += fingers.clientY - now.clientY;
      show((scale() * now.apart) / fingers.apart, now);
      fingers = now;
    },
    { passive: false },
  );
  for (const end of ['touchend', 'touchcancel'] as const)
    stage.addEventListener(end, (event) => {
      fingers = fingersOf(event);
    });

  // A finger moves the picture by the browser's own means.
  let held: { x: number; y: number; moved: boolean } | undefined;
  stage.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.target !== picture) return;
    held = { x: event.clientX, y: event.clientY, moved: event.pointerType === 'touch' };
    if (event.pointerType !== 'touch') stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener('pointermove', (event) => {
    last = event;
    tell(event);
    if (!held || event.pointerType === 'touch') return;
    if (!held.moved && Math.hypot(event.clientX - held.x, event.clientY - held.y) < CLICK) return;
    stage.scrollLeft -= event.clientX - held.x;
    stage.scrollTop -= event.clientY - held.y;
    held = { x: event.clientX, y: event.clientY, moved: true };
  });
  stage.addEventListener('pointerup', (event) => {
    if (held && !held.moved) toggle(event);
    held = undefined;
  });
  stage.addEventListener('pointercancel', () => {
    held = undefined;
  });
  picture.draggable = false;

  function toggle(at?: { clientX: number; clientY: number }): void {
    const zoomed = scale() > fit() * 1.001;
    show(zoomed ? undefined : closer(fit(), width, height, { width: stage.clientWidth, height: room() }), at);
  }

  addEventListener('keydown', (event) => {
    const target = event.target as Element;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '+' || event.key === '=') show(step(scale(), 1));
    else if (event.key === '-') show(step(scale(), -1));
    else if (event.key === '0') show(undefined);
    else if (event.key === '1') show(1);
    else if (event.key === 'Enter' && target === stage) toggle();
    else return;
    event.preventDefault();
  });

  // Another page of the same file.
  picture.addEventListener('load', () => {
    if (vector) return;
    width = picture.naturalWidth;
    height = picture.naturalHeight;
    probe = undefined;
    lay();
  });
  addEventListener('resize', lay);
  // The viewer says so, perhaps later, that the page fills the window.
  new MutationObserver(lay).observe(document.documentElement, { attributeFilter: ['class'] });
  lay();
}
