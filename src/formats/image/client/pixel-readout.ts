import type { ClientPoint } from './gesture.ts';
import type { PictureView } from './picture-view.ts';
import { createProbe, type Probe } from './probe.ts';
import { colourText } from './scale.ts';

/** Shows the position and colour of the pixel under the pointer. */
export class PixelReadout {
  readonly #view: PictureView;
  readonly #element: HTMLElement;
  /** The pointer, if it is on the picture's stage. */
  #pointer: ClientPoint | undefined;
  #probe: Probe | undefined;

  /** @param element element for the text */
  constructor(view: PictureView, element: HTMLElement) {
    this.#view = view;
    this.#element = element;
  }

  /** Shows the pixel at the pointer, also when the picture moves below it later. */
  movePointer(pointer: ClientPoint): void {
    this.#pointer = pointer;
    this.showPixel(pointer);
  }

  leave(): void {
    this.#pointer = undefined;
    this.#element.replaceChildren();
  }

  /** Shows the pixel that is now at the pointer. Call when the picture has moved. */
  update(): void {
    if (this.#pointer) this.showPixel(this.#pointer);
    else this.#element.replaceChildren();
  }

  /** Call when the picture was replaced by another one. */
  resetPicture(): void {
    this.#probe = undefined;
  }

  /** Shows the pixel at a point of the window. */
  showPixel({ clientX, clientY }: ClientPoint): void {
    const { picture, width, height, isVector } = this.#view;
    const box = picture.getBoundingClientRect();
    const x = Math.floor(((clientX - box.left) / box.width) * width);
    const y = Math.floor(((clientY - box.top) / box.height) * height);
    if (x < 0 || y < 0 || x >= width || y >= height) {
      this.#element.replaceChildren();
      return;
    }
    this.#probe ??= createProbe(picture.src, isVector ? { width, height } : undefined, () => this.update());
    this.#element.textContent = `x ${x}, y ${y}`;
    const pixel = this.#probe.at(x, y);
    if (!pixel) return;
    const [red, green, blue, alpha] = pixel;
    const swatch = document.createElement('i');
    swatch.style.background = `rgb(${red} ${green} ${blue} / ${alpha / 255})`;
    this.#element.append(swatch, colourText(red, green, blue, alpha));
  }
}
