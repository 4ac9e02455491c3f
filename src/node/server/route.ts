import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Tokens } from './tokens.ts';

/** A request that is being answered. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** What a token of `wp token` admits; undefined for the viewer's token. */
  readonly admission: TokenAdmission | undefined;
  /** Whether the client waits for `100 Continue` before it sends the body. */
  readonly awaitsContinue: boolean;
}

export type TokenAdmission = NonNullable<Awaited<ReturnType<Tokens['admit']>>>;

/** What the server does for one method on the paths that match. */
export interface Route {
  readonly method: string;
  readonly path: RegExp;
  /**
   * Who may use it: `owner` is who has the viewer's token, which only the user who runs the server can get. `senders`
   * includes the holders of a token of `wp token`.
   */
  readonly access: 'owner' | 'senders' | 'everyone';
  readonly run: (exchange: Exchange, match: RegExpExecArray) => Promise<void> | void;
}
