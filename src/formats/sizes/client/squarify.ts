/** A rectangle, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Divides a box in proportion to weights, with aspect ratios close to 1 ("Squarified Treemaps", Bruls, Huizing, van Wijk).
 * @param weights in descending order, not negative
 */
export function squarify(weights: readonly number[], box: Box): Box[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const boxes: Box[] = [];
  let { x, y, width, height } = box;
  const scale = sum > 0 ? (width * height) / sum : 0;
  for (let from = 0; from < weights.length; ) {
    const side = Math.min(width, height);
    // Add boxes to the row as long as its worst aspect ratio improves.
    let to = from + 1;
    let area = (weights[from] ?? 0) * scale;
    const worstRatio = (total: number, last: number) => {
      const first = (weights[from] ?? 0) * scale;
      return Math.max((side * side * first) / (total * total), (total * total) / (side * side * last));
    };
    while (to < weights.length) {
      const next = (weights[to] ?? 0) * scale;
      if (worstRatio(area + next, next) > worstRatio(area, (weights[to - 1] ?? 0) * scale)) break;
      area += next;
      to++;
    }
    const depth = side > 0 ? area / side : 0;
    let position = 0;
    for (let i = from; i < to; i++) {
      const length = depth > 0 ? ((weights[i] ?? 0) * scale) / depth : 0;
      boxes.push(
        width >= height
          ? { x, y: y + position, width: depth, height: length }
          : { x: x + position, y, width: length, height: depth },
      );
      position += length;
    }
    if (width >= height) [x, width] = [x + depth, Math.max(0, width - depth)];
    else [y, height] = [y + depth, Math.max(0, height - depth)];
    from = to;
  }
  return boxes;
}
