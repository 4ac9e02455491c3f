/** Converts samples of any depth to 8-bit RGBA. */

/** The interleaved samples of a picture, `channels` per pixel. */
export interface Samples {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: ArrayLike<number>;
  /** The sample value for white; undefined for measurements, whose range is computed. */
  readonly white: number | undefined;
  /** Palette of 16-bit colours. */
  readonly palette?: readonly (readonly [number, number, number])[];
}

export interface Pixels {
  /** Red, green, blue and alpha. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  /** The values shown as black and as white, if they were computed. */
  readonly range?: readonly [number, number];
}

/** Converts samples. Without `white`, values are scaled from minimum to maximum. */
export function toPixels({ width, height, channels, data, white, palette }: Samples): Pixels {
  const rgba = new Uint8ClampedArray(width * height * 4);
  const range = white === undefined && !palette ? rangeOf(data, channels) : undefined;
  const [low, high] = range ?? [0, white ?? 255];
  const scale = high > low ? 255 / (high - low) : 0;
  const isGrey = channels < 3;
  const hasAlpha = channels === 2 || channels > 3;
  for (let pixel = 0, from = 0, to = 0; pixel < width * height; pixel++, from += channels, to += 4) {
    const first = data[from] ?? 0;
    const colour = palette?.[first];
    if (palette) {
      rgba[to] = (colour?.[0] ?? 0) / 257;
      rgba[to + 1] = (colour?.[1] ?? 0) / 257;
      rgba[to + 2] = (colour?.[2] ?? 0) / 257;
    } else {
      rgba[to] = (first - low) * scale;
      rgba[to + 1] = isGrey ? (rgba[to] ?? 0) : ((data[from + 1] ?? 0) - low) * scale;
      rgba[to + 2] = isGrey ? (rgba[to] ?? 0) : ((data[from + 2] ?? 0) - low) * scale;
    }
    rgba[to + 3] = hasAlpha && white !== undefined ? ((data[from + (isGrey ? 1 : 3)] ?? white) / white) * 255 : 255;
  }
  return { rgba, ...(range && { range }) };
}

function rangeOf(data: ArrayLike<number>, channels: number): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const colourChannels = channels === 2 ? 1 : Math.min(3, channels);
  for (let sampleIndex = 0; sampleIndex < data.length; sampleIndex++) {
    if (sampleIndex % channels >= colourChannels) continue;
    const value = data[sampleIndex] ?? Number.NaN;
    if (value < low && Number.isFinite(value)) low = value;
    if (value > high && Number.isFinite(value)) high = value;
  }
  return low <= high ? [low, high] : [0, 0];
}
