/** Packages that bring no types. */

declare module 'fresh' {
  /** Whether the copy that the request's conditions describe is current, by the response's `etag` and `last-modified`. */
  export default function fresh(
    request: Readonly<Record<string, string | string[] | undefined>>,
    response: Readonly<Record<string, string>>,
  ): boolean;
}

declare module 'range-parser' {
  /** The ranges of a `Range` header, both ends included; -1 if none is in the file, -2 if the header is malformed. */
  export default function parseRange(
    size: number,
    header: string,
    options: { readonly combine: boolean },
  ): readonly { readonly start: number; readonly end: number }[] | -1 | -2;
}
