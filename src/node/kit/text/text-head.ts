import type { RenderInput } from '../../../shared/format.ts';
import { type Charset, decode, detectCharset } from '../../../shared/kit/text/charset.ts';
import { readEnds } from './file-ends.ts';

/** The beginning of a text file, with what its page says about the file. */
export interface TextHead {
  readonly title: string;
  readonly text: string;
  /** Whether `text` is the whole file. */
  readonly isComplete: boolean;
  /** Size of the file. */
  readonly bytes: number;
  readonly charset: Charset;
  /** A sentence on the encoding, if that is not UTF-8. */
  readonly note?: string;
  /** The URL of the file relative to the page. */
  readonly source: string;
}

/** Reads at most `limit` bytes. */
export function readTextHead(input: RenderInput, limit: number): TextHead {
  const { head, size } = readEnds(input.path, { whole: limit, head: limit, tail: 0 });
  const { charset, note } = detectCharset(head);
  return {
    title: input.title ?? input.name,
    text: decode(head, charset),
    isComplete: size <= head.length,
    bytes: size,
    charset,
    note,
    source: input.source,
  };
}
