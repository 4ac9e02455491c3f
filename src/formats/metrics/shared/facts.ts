import type { Sample } from './sample.ts';
import type { Tool } from './tools.ts';

/** Data of the page of metrics for its script, as JSON in the element `#facts`. The tool's output is in `#text`. */
export interface MetricsFacts {
  readonly tool: Tool;
  /** Bytes of the file; its URL relative to the page. */
  readonly size: number;
  readonly source: string;
  readonly charset: string;
  /** For a growing file, the offset from which the script reads. */
  readonly open?: number;
  /** The samples of a JSON file. */
  readonly samples?: readonly Sample[];
  /** If the middle of the output is left out, the length of the beginning in characters. */
  readonly head?: number;
}
