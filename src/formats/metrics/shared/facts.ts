import type { Sample } from './sample.ts';
import type { Tool } from './tools.ts';

/** What the page of measurements tells its script, as JSON in the element `#facts`; the text of a tool is in `#text`. */
export interface MetricsFacts {
  readonly tool: Tool;
  /** Bytes of the file, and its URL relative to the page. */
  readonly size: number;
  readonly source: string;
  readonly charset: string;
  /** The file still grows: from this byte on it is read. */
  readonly open?: number;
  /** What was read of a file that is no text. */
  readonly samples?: readonly Sample[];
  /** How much of a text in the page is its beginning, where its middle is left out, in characters. */
  readonly head?: number;
}
