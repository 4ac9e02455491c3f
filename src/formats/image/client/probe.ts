/** Reads single pixels of a picture. */
export interface Probe {
  /** The colour at a pixel as red, green, blue and alpha, or undefined while it is not known or if it never will be. */
  at(x: number, y: number): readonly [number, number, number, number] | undefined;
}

/**
 * A probe for the picture at `url`. The picture on the page may come from a server that lets pages show it but not read it,
 * so it is asked for again in the way that allows reading; where that is refused there are no colours, and that is all.
 *
 * @param size the size at which a picture without pixels of its own is drawn
 * @param ready called when colours can be read
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
        // A picture that may not be read after all, as some browsers treat SVG with foreign parts.
        readable = false;
        return undefined;
      }
    },
  };
}
