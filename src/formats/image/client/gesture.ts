/** A point of the window, in client coordinates. */
export interface ClientPoint {
  readonly clientX: number;
  readonly clientY: number;
}

/** Two fingers on the screen: the distance between them in pixels, and the point in their middle. */
export interface Pinch extends ClientPoint {
  readonly distance: number;
}

/** The pinch that these touches are, or undefined if they are not two. */
export function pinchOf(touches: ArrayLike<ClientPoint>): Pinch | undefined {
  const first = touches[0];
  const second = touches[1];
  if (!first || !second || touches.length > 2) return undefined;
  return {
    // A lower limit, so that the scale does not jump when the fingers nearly meet.
    distance: Math.max(10, Math.hypot(first.clientX - second.clientX, first.clientY - second.clientY)),
    clientX: (first.clientX + second.clientX) / 2,
    clientY: (first.clientY + second.clientY) / 2,
  };
}

/** Pixels that the pointer may move during a click. */
const CLICK_DISTANCE = 4;

/** A pressed pointer. Until it moves further than `CLICK_DISTANCE`, it is a click. */
export interface Drag {
  readonly point: ClientPoint;
  readonly isClick: boolean;
}

/** The drag after the pointer has moved, and the distance by which the picture moves with it, pixels. */
export function moveDrag(drag: Drag, { clientX, clientY }: ClientPoint): { drag: Drag; x: number; y: number } {
  const [x, y] = [clientX - drag.point.clientX, clientY - drag.point.clientY];
  if (drag.isClick && Math.hypot(x, y) < CLICK_DISTANCE) return { drag, x: 0, y: 0 };
  return { drag: { point: { clientX, clientY }, isClick: false }, x, y };
}
