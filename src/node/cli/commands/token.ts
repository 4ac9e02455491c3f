import type { Command } from 'commander';
import { WpError } from '../../../shared/errors.ts';
import { webpipeDir } from '../../directory/directory.ts';
import { dirOption } from '../options.ts';
import { printable, printLine, table } from '../terminal.ts';

interface TokenOptions {
  readonly dir?: string;
  readonly host?: string;
  readonly header?: true;
  readonly list?: true;
  readonly revoke?: string | true;
}

/** `wp token`: makes, lists and revokes the tokens with which others may send files to this machine. */
export default function addToken(program: Command): void {
  program
    .command('token')
    .description('make a token with which another user or machine can send files here, and print it')
    .addOption(dirOption())
    .option('--host <LABEL>', 'the label of entries that are sent with the token')
    .option('--header', 'print the token as an HTTP header, for "curl -H @FILE"')
    .option('--list', 'list the valid tokens')
    .option('--revoke [TOKEN]', 'revoke the tokens with this id or label, or all, also for connected clients')
    .action(async ({ dir, host, header, list, revoke }: TokenOptions) => {
      const { Tokens } = await import('../../server/tokens.ts');
      const tokens = await Tokens.of(webpipeDir(dir));
      if (list) {
        const rows = (await tokens.list()).map((token) => [token.id, token.created, printable(token.host ?? '')]);
        if (rows.length > 0) printLine(table(rows));
      } else if (revoke !== undefined) {
        const revoked = await tokens.revoke(revoke === true ? undefined : (revoke.split('.')[0] ?? revoke));
        if (revoked.length === 0 && revoke !== true)
          throw new WpError('token', `there is no token ${printable(revoke)}`, '"wp token --list" lists them');
        for (const token of revoked) printLine(`revoked ${token.id}${token.host ? ` (${printable(token.host)})` : ''}`);
      } else printLine(`${header ? 'Authorization: Bearer ' : ''}${await tokens.make(host)}`);
    });
}
