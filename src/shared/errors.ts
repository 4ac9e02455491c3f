/**
 * An error that is shown to the user: `wp: <where>: <what>; <what to do>`. `exitCode` is the exit status of a command
 * that fails with it.
 */
export class WpError extends Error {
  readonly where: string;
  readonly what: string;
  readonly todo: string | undefined;
  readonly exitCode: number;
  /** The record can never be accepted, so its sender must not try again. */
  readonly isFinal: boolean;
  /** The receiver has no space for the record now. */
  readonly isFull: boolean;

  constructor(
    where: string,
    what: string,
    todo?: string,
    options: { cause?: unknown; exitCode?: number; isFinal?: boolean; isFull?: boolean } = {},
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
    this.isFull = options.isFull ?? false;
  }
}

/** The message of a thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether `error` is a system error with this code (`ENOENT`, `EADDRINUSE`, …). */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
