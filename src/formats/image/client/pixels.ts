/** Samples of any depth as pixels that a screen can show. */

/** One page of samples: `channels` of them for each pixel, side by side. */
export interface Samples {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: ArrayLike<number>;
  /** The largest value of a sample, where it means full light; undefined where samples are measurements of their own range. */
  readonly full: number | undefined;
  /** Colours by number, of 16 bits each. */
  readonly palette?: readonly (readonly [number, number, number])[];
}

export interface Pixels {
  /** Red, green, blue and alpha. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  /** The values that are shown black and white, where the samples did not say. */
  readonly range?: readonly [number, number];
}

/** Pixels of the samples. Grey values of more than 8 bits are spread from the least to the greatest, or nothing is seen. */
export function toPixels({ width, height, channels, data, full, palette }: Samples): Pixels {
  const rgba = new Uint8ClampedArray(width * height * 4);
  const range = full === undefined && !palette ? rangeOf(data, channels) : undefined;
  const [low, high] = range ?? [0, full ?? 255];
  const scale = high > low ? 255 / (high - low) : 0;
  const grey = channels < 3;
  const alpha = channels === 2 || channels > 3;
  for (let pixel = 0, from = 0, to = 0; pixel < width * height; pixel++, from += channels, to += 4) {
    const first = data[from] ?? 0;
    const colour = palette?.[first];
    if (palette) {
      rgba[to] = (colour?.[0] ?? 0) / 257;
      rgba[to + 1] = (colour?.[1] ?? 0) / 257;
      rgba[to + 2] = (colour?.[2] ?? 0) / 257;
    } else {
      rgba[to] = (first - low) * scale;
      rgba[to + 1] = grey ? (rgba[to] ?? 0) : ((data[from + 1] ?? 0) - low) * scale;
      rgba[to + 2] = grey ? (rgba[to] ?? 0) : ((data[from + 2] ?? 0) - low) * scale;
    }
    rgba[to + 3] = alpha && full !== undefined ? ((data[from + (grey ? 1 : 3)] ?? full) / full) * 255 : 255;
  }
  return { rgba, ...(range && { range }) };
}

function rangeOf(data: ArrayLike<number>, channels: number): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const colours = channels === 2 ? 1 : Math.min(3, channels);
  for (let at = 0; at < data.length; at++) {
    if (at % channels >= colours) continue;
    const value = data[at] ?? Number.NaN;
    if (value < low && Number.isFinite(value)) low = value;
    if (value > high && Number.isFinite(value)) high = value;
  }
  return low <= high ? [low, high] : [0, 0];
}
