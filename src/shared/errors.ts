/**
 * An error that a person reads: `wp: <where>: <what>; <what to do>`.
 * `exitCode` is what a command that ends by it exits with.
 */
export class WpError extends Error {
  readonly where: string;
  readonly what: string;
  readonly todo: string | undefined;
  readonly exitCode: number;
  /** The same will be refused again however often it is sent. */
  readonly isFinal: boolean;

  constructor(
    where: string,
    what: string,
    todo?: string,
    options: { cause?: unknown; exitCode?: number; isFinal?: boolean } = {},
  ) {
    super(
      `${where}: ${what}${todo ? `; ${todo}` : ''}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = 'WpError';
    this.where = where;
    this.what = what;
    this.todo = todo;
    this.exitCode = options.exitCode ?? 1;
    this.isFinal = options.isFinal ?? false;
  }
}

/** The one line that tells a person what went wrong, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether `error` is a system error with this code (`ENOENT`, `EADDRINUSE`, …). */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
