/** Reads single pixels of a picture. */
export interface Probe {
  /** Red, green, blue and alpha of a pixel; undefined while the picture is loading or if it is not readable. */
  at(x: number, y: number): readonly [number, number, number, number] | undefined;
}

/**
 * Creates a probe for the picture at `url`. Loads the picture again with CORS, because pixels of a picture loaded without
 * are not readable. If the server refuses, there are no colours.
 *
 * @param size size at which a vector picture is drawn
 * @param ready called when pixels can be read
 */
export function createProbe(
  url: string,
  size: { width: number; height: number } | undefined,
  ready: () => void,
): Probe {
  const picture = new Image();
  picture.crossOrigin = 'anonymous';
  picture.src = url;
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  let readable = false;
  picture.decode().then(
    () => {
      readable = true;
      ready();
    },
    () => {},
  );
  return {
    at(x, y) {
      if (!readable || !context) return undefined;
      try {
        context.clearRect(0, 0, 1, 1);
        context.imageSmoothingEnabled = false;
        if (size) context.drawImage(picture, -x, -y, size.width, size.height);
        else context.drawImage(picture, x, y, 1, 1, 0, 0, 1, 1);
        const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data;
        return [red, green, blue, alpha];
      } catch {
        // Some browsers refuse to read an SVG with foreign objects.
        readable = false;
        return undefined;
      }
    },
  };
}
