import type { ClientPoint } from './gesture.ts';
import { clampScale, fitScale, isEnlarged, percentText, scaleForClick } from './scale.ts';

/** Height of a zoomed picture in the scroll: at least so many pixels, at most this part of the screen. */
const MIN_HEIGHT = 420;
const SCREEN_PART = 0.65;
/** Height of what surrounds the picture when the page fills the window, pixels; also in the style sheet. */
const MARGIN_HEIGHT = 74;

/** A picture in an element that scrolls, and its scale. */
export interface PictureView {
  readonly stage: HTMLElement;
  readonly picture: HTMLImageElement;
  /** Shows the scale. */
  readonly output: HTMLElement;
  readonly isVector: boolean;
  /** Size of the picture in its own pixels. */
  width: number;
  height: number;
  /** Screen pixels per picture pixel, or `fit`: as large as fits into the window, at most 1. */
  zoom: number | 'fit';
}

/** Whether the page fills the window. The viewer then sets the class `alone`. */
export function isAlone(): boolean {
  return parent === window || document.documentElement.classList.contains('alone');
}

/** The scale at which the picture fits. */
export function fitOf({ stage, width, height }: PictureView): number {
  const areaHeight = isAlone() ? innerHeight - MARGIN_HEIGHT : undefined;
  return fitScale(width, height, { width: stage.clientWidth, height: areaHeight });
}

/** The present scale. */
export function scaleOf(view: PictureView): number {
  return view.zoom === 'fit' ? fitOf(view) : view.zoom;
}

/** Changes the scale. The point of the picture at `anchor`, or in the centre, keeps its position. */
export function setScale(view: PictureView, zoom: PictureView['zoom'], anchor?: ClientPoint): void {
  const { stage, picture } = view;
  const before = picture.getBoundingClientRect();
  const stageBox = stage.getBoundingClientRect();
  const x = anchor?.clientX ?? stageBox.left + stage.clientWidth / 2;
  const y = anchor?.clientY ?? stageBox.top + stage.clientHeight / 2;
  const relativeX = (x - before.left) / before.width;
  const relativeY = (y - before.top) / before.height;
  view.zoom = zoom === 'fit' ? 'fit' : clampScale(zoom, fitOf(view), view.width, view.height);
  layOut(view);
  if (view.zoom === 'fit') return;
  const after = picture.getBoundingClientRect();
  stage.scrollLeft += after.left + relativeX * after.width - x;
  stage.scrollTop += after.top + relativeY * after.height - y;
}

/** Enlarges a picture that is shown completely; shows an enlarged one completely. */
export function toggleZoom(view: PictureView, anchor?: ClientPoint): void {
  const fit = fitOf(view);
  const area = { width: view.stage.clientWidth, height: availableHeight(view) };
  const zoom = isEnlarged(scaleOf(view), fit) ? 'fit' : scaleForClick(fit, view.width, view.height, area);
  setScale(view, zoom, anchor);
}

/** Applies the scale to the elements. */
export function layOut(view: PictureView): void {
  const { stage, picture, width, height } = view;
  const scale = scaleOf(view);
  const isSized = view.zoom !== 'fit' || isAlone();
  stage.classList.toggle('sized', isSized);
  picture.style.width = isSized ? `${width * scale}px` : '';
  picture.style.height = isSized ? `${height * scale}px` : '';
  stage.style.height = isAlone() || view.zoom === 'fit' ? '' : `${stageHeight(view, scale)}px`;
  stage.classList.toggle('zoomed', isEnlarged(scale, fitOf(view)));
  stage.classList.toggle('pixels', !view.isVector && scale * devicePixelRatio >= 2);
  view.output.textContent = percentText(scale);
}

/** The height of the stage in the scroll: that of the picture and the horizontal scroll bar, if there is space. */
function stageHeight(view: PictureView, scale: number): number {
  const { stage, width, height } = view;
  const hasScrollBar = width * scale > stage.clientWidth;
  const scrollBarHeight = hasScrollBar ? stage.offsetHeight - stage.clientHeight || 15 : 0;
  return Math.min(height * scale + scrollBarHeight, availableHeight(view));
}

/** The largest height of the stage, pixels. */
function availableHeight(view: PictureView): number {
  if (isAlone()) return innerHeight - MARGIN_HEIGHT;
  return Math.max(MIN_HEIGHT, Math.min(view.height * fitOf(view), screen.height * SCREEN_PART));
}
