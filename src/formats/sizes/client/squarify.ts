/** A rectangle, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Divides a box into one for each weight, none of them long and thin where that can be ("Squarified Treemaps", Bruls,
 * Huizing, van Wijk). `weights`: descending, none negative.
 */
export function squarify(weights: readonly number[], box: Box): Box[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const boxes: Box[] = [];
  let { x, y, width, height } = box;
  const scale = sum > 0 ? (width * height) / sum : 0;
  for (let from = 0; from < weights.length; ) {
    const side = Math.min(width, height);
    // As many in a row as make its worst box better.
    let to = from + 1;
    let area = (weights[from] ?? 0) * scale;
    const worst = (all: number, last: number) => {
      const first = (weights[from] ?? 0) * scale;
      return Math.max((side * side * first) / (all * all), (all * all) / (side * side * last));
    };
    while (to < weights.length) {
      const next = (weights[to] ?? 0) * scale;
      if (worst(area + next, next) > worst(area, (weights[to - 1] ?? 0) * scale)) break;
      area += next;
      to++;
    }
    const depth = side > 0 ? area / side : 0;
    let along = 0;
    for (let i = from; i < to; i++) {
      const length = depth > 0 ? ((weights[i] ?? 0) * scale) / depth : 0;
      boxes.push(
        width >= height
          ? { x, y: y + along, width: depth, height: length }
          : { x: x + along, y, width: length, height: depth },
      );
      along += length;
    }
    if (width >= height) [x, width] = [x + depth, Math.max(0, width - depth)];
    else [y, height] = [y + depth, Math.max(0, height - depth)];
    from = to;
  }
  return boxes;
}
