import { paintView } from './paint.ts';
import { type FramePosition, frameAtPoint, ROW_HEIGHT, rowTop, type View } from './view.ts';

/** A view and the names of its nodes. */
export interface Scene {
  readonly view: View;
  nameOf(node: number): string;
}

/** A canvas in a scrolling element that draws only the visible rows. */
export class GraphCanvas {
  readonly #element: HTMLElement;
  readonly #canvas = document.createElement('canvas');
  /** Has the height of the complete graph, so that the element scrolls. */
  readonly #sizer = document.createElement('div');
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  #scene: Scene | undefined;
  /** The number of the requested animation frame; 0 if none is requested. */
  #animationFrame = 0;

  constructor(element: HTMLElement) {
    this.#element = element;
    this.#sizer.append(this.#canvas);
    element.append(this.#sizer);
    const requestPaint = () => this.#requestPaint();
    element.addEventListener('scroll', requestPaint);
    this.#dark.addEventListener('change', requestPaint);
    new ResizeObserver(requestPaint).observe(element);
  }

  /** Draws a scene in the next animation frame. A new layout or direction scrolls to the outermost frames. */
  draw(scene: Scene): void {
    const previous = this.#scene?.view;
    const { layout, upward } = scene.view;
    this.#scene = scene;
    this.#sizer.style.height = `${layout.rows.length * ROW_HEIGHT}px`;
    if (previous?.upward !== upward || previous.layout !== layout)
      this.#element.scrollTop = upward ? this.#element.scrollHeight : 0;
    this.#requestPaint();
  }

  /** The frame at a point of the window (client coordinates). */
  frameAtPoint(clientX: number, clientY: number): FramePosition | undefined {
    if (!this.#scene) return undefined;
    const element = this.#element;
    const box = element.getBoundingClientRect();
    const x = clientX - box.left - element.clientLeft;
    const y = clientY - box.top - element.clientTop + element.scrollTop;
    return frameAtPoint(this.#scene.view, x, y, element.clientWidth);
  }

  /** Scrolls a row into view. */
  reveal(row: number): void {
    if (!this.#scene) return;
    const element = this.#element;
    const y = rowTop(this.#scene.view, row) - element.scrollTop;
    if (y < 0) element.scrollTop += y;
    else if (y + ROW_HEIGHT > element.clientHeight) element.scrollTop += y + ROW_HEIGHT - element.clientHeight;
  }

  #requestPaint(): void {
    if (this.#animationFrame === 0) this.#animationFrame = requestAnimationFrame(() => this.#paint());
  }

  #paint(): void {
    this.#animationFrame = 0;
    if (!this.#scene) return;
    const { view, nameOf } = this.#scene;
    const element = this.#element;
    const width = element.clientWidth;
    const height = Math.min(view.layout.rows.length * ROW_HEIGHT, element.clientHeight || Infinity);
    this.#canvas.width = Math.round(width * devicePixelRatio);
    this.#canvas.height = Math.round(height * devicePixelRatio);
    this.#canvas.style.cssText = `width:${width}px;height:${height}px`;
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    context.scale(devicePixelRatio, devicePixelRatio);
    context.font = `12px ${getComputedStyle(element).fontFamily}`;
    context.textBaseline = 'middle';
    paintView({ context, width, height, isDark: this.#dark.matches }, view, element.scrollTop, nameOf);
  }
}
