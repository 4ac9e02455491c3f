import { isMissing } from './infer-schema.ts';

/** Distinct markers that are counted; the cells with further ones are counted as others. */
const MAX_MARKERS = 20;

/** Counts the cells of a numeric column that have text but no number: markers such as `NA` and `NaN`, and others. */
export class NonNumbers {
  /** Cells that stand for a missing value, by their text. */
  readonly markers = new Map<string, number>();
  others = 0;

  get count(): number {
    return [...this.markers.values()].reduce((sum, one) => sum + one, this.others);
  }

  /** Adds a cell. A cell of white space is not counted, like an empty one. */
  add(text: string): void {
    const trimmed = text.trim();
    if (trimmed !== '') this.#add(isMissing(trimmed) ? trimmed : undefined, 1);
  }

  addNaN(): void {
    this.#add('NaN', 1);
  }

  /** Adds the cells of other rows. */
  merge({ markers, others }: NonNumbers): void {
    for (const [text, count] of markers) this.#add(text, count);
    this.others += others;
  }

  #add(marker: string | undefined, count: number): void {
    const isKnown = marker !== undefined && (this.markers.has(marker) || this.markers.size < MAX_MARKERS);
    if (isKnown) this.markers.set(marker, (this.markers.get(marker) ?? 0) + count);
    else this.others += count;
  }
}
