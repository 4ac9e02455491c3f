import type { Command } from 'commander';
import { WpError } from '../../../shared/errors.ts';
import { webpipeDir } from '../../store/layout.ts';
import { dirOption } from '../options.ts';
import { printable, say, table } from '../terminal.ts';

interface TokenOptions {
  readonly dir?: string;
  readonly host?: string;
  readonly header?: true;
  readonly list?: true;
  readonly revoke?: string | true;
}

/** `wp token`: makes, lists and ends the tokens that let others send files here. */
export default function addToken(program: Command): void {
  program
    .command('token')
    .description('make a token that lets another user or machine send files here, and print it')
    .addOption(dirOption())
    .option('--host <LABEL>', 'what the entries that come with it say of where they come from')
    .option('--header', 'print it as a header of HTTP, for "curl -H @FILE"')
    .option('--list', 'list the tokens that are good')
    .option('--revoke [TOKEN]', 'end the tokens with this id or label, or all: at once, also for who is connected')
    .action(async ({ dir, host, header, list, revoke }: TokenOptions) => {
      const { Tokens } = await import('../../server/tokens.ts');
      const tokens = await Tokens.of(webpipeDir(dir));
      if (list) {
        const rows = (await tokens.list()).map((one) => [one.id, one.created, printable(one.host ?? '')]);
        if (rows.length > 0) say(table(rows));
      } else if (revoke !== undefined) {
        const ended = await tokens.revoke(revoke === true ? undefined : (revoke.split('.')[0] ?? revoke));
        if (ended.length === 0 && revoke !== true)
          throw new WpError('token', `there is no token ${printable(revoke)}`, '"wp token --list" lists them');
        for (const one of ended) say(`ended ${one.id}${one.host ? ` (${printable(one.host)})` : ''}`);
      } else say(`${header ? 'Authorization: Bearer ' : ''}${await tokens.make(host)}`);
    });
}
