import type { AddCommand } from './command.ts';
import completion from './commands/completion.ts';
import help from './commands/help.ts';
import ls from './commands/ls.ts';
import open from './commands/open.ts';
import recv from './commands/recv.ts';
import rm from './commands/rm.ts';
import run from './commands/run.ts';
import scpStub from './commands/scp-stub.ts';
import send from './commands/send.ts';
import serve from './commands/serve.ts';
import show from './commands/show.ts';
import ssh from './commands/ssh.ts';
import start from './commands/start.ts';
import status from './commands/status.ts';
import stop from './commands/stop.ts';
import stubPath from './commands/stub-path.ts';
import token from './commands/token.ts';
import tunnel from './commands/tunnel.ts';
import types from './commands/types.ts';
import version from './commands/version.ts';
import xrender from './commands/xrender.ts';

/** All commands, in the order in which help lists them. */
export const commands: readonly AddCommand[] = [
  run,
  show,
  start,
  stop,
  status,
  open,
  ls,
  rm,
  send,
  recv,
  xrender,
  serve,
  ssh,
  tunnel,
  scpStub,
  stubPath,
  token,
  types,
  completion,
  help,
  version,
];
