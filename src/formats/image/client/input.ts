import { type Drag, moveDrag, type Pinch, pinchOf } from './gesture.ts';
import { isAlone, type PictureView, scaleOf, setScale, toggleZoom } from './picture-view.ts';
import type { PixelReadout } from './pixel-readout.ts';
import { nextStep, wheelFactor } from './scale.ts';

/** Height of a line, for wheels that count in lines, pixels. */
const LINE_HEIGHT = 30;

/** Zooms by the wheel. */
export function listenToWheel(view: PictureView, readout: PixelReadout): void {
  view.stage.addEventListener(
    'wheel',
    (event) => {
      // Inside the scroll, the wheel without modifier scrolls the scroll.
      if (!event.ctrlKey && !event.metaKey && !isAlone()) return;
      event.preventDefault();
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_HEIGHT : 1;
      setScale(view, scaleOf(view) * wheelFactor(event.deltaY * unit), event);
      readout.showPixel(event);
    },
    { passive: false },
  );
}

/** The present gestures of pointers and touches. */
interface Gestures {
  pinch: Pinch | undefined;
  drag: Drag | undefined;
}

/** Zooms by clicks and two fingers, and moves the picture by dragging. */
export function listenToPointers(view: PictureView, readout: PixelReadout): void {
  const gestures: Gestures = { pinch: undefined, drag: undefined };
  listenToTouches(view, gestures);
  listenToDrags(view, gestures, readout);
  view.stage.addEventListener('pointerleave', () => readout.leave());
  view.stage.addEventListener('scroll', () => readout.update());
}

/** Two fingers zoom and move the picture. */
function listenToTouches(view: PictureView, gestures: Gestures): void {
  const { stage } = view;
  stage.addEventListener('touchstart', (event) => {
    gestures.pinch = pinchOf(event.touches);
    // A second finger ends the click or drag that the first one began.
    if (gestures.pinch) gestures.drag = undefined;
  });
  stage.addEventListener(
    'touchmove',
    (event) => {
      const previous = gestures.pinch;
      const current = pinchOf(event.touches);
      if (!current || !previous) return;
      event.preventDefault();
      stage.scrollLeft += previous.clientX - current.clientX;
      stage.scrollTop += previous.clientY - current.clientY;
      setScale(view, (scaleOf(view) * current.distance) / previous.distance, current);
      gestures.pinch = current;
    },
    { passive: false },
  );
  for (const type of ['touchend', 'touchcancel'] as const)
    stage.addEventListener(type, (event) => {
      gestures.pinch = pinchOf(event.touches);
    });
}

/** A single finger moves the picture by the browser's scrolling; other pointers drag it. A click zooms. */
function listenToDrags(view: PictureView, gestures: Gestures, readout: PixelReadout): void {
  const { stage, picture } = view;
  picture.draggable = false;
  stage.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.target !== picture) return;
    const isTouch = event.pointerType === 'touch';
    gestures.drag = { point: event, isClick: !isTouch };
    if (!isTouch) stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener('pointermove', (event) => {
    readout.movePointer(event);
    if (!gestures.drag || event.pointerType === 'touch') return;
    const { drag, x, y } = moveDrag(gestures.drag, event);
    gestures.drag = drag;
    stage.scrollLeft -= x;
    stage.scrollTop -= y;
  });
  stage.addEventListener('pointerup', (event) => {
    if (gestures.drag?.isClick) toggleZoom(view, event);
    gestures.drag = undefined;
  });
  stage.addEventListener('pointercancel', () => {
    gestures.drag = undefined;
  });
}

/** Zooms by keys. */
export function listenToKeys(view: PictureView): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '+' || event.key === '=') setScale(view, nextStep(scaleOf(view), 1));
    else if (event.key === '-') setScale(view, nextStep(scaleOf(view), -1));
    else if (event.key === '0') setScale(view, 'fit');
    else if (event.key === '1') setScale(view, 1);
    else if (event.key === 'Enter' && event.target === view.stage) toggleZoom(view);
    else return;
    event.preventDefault();
  });
}
