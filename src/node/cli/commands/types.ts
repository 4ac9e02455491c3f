import type { Command } from 'commander';
import { layout, webpipeDir } from '../../store/layout.ts';
import { dirOption } from '../options.ts';
import { printable, say, table, wrap } from '../terminal.ts';

/** `wp types`: what can be shown, by what, and what that needs. */
export default function addTypes(program: Command): void {
  program
    .command('types')
    .description('list what files can be shown as, and what that needs: built in, shipped, and your own')
    .addOption(dirOption())
    .option('--json', 'as JSON')
    .action(async (options: { dir?: string; json?: true }) => {
      const { formats } = await import('../../../formats/index.ts');
      const { pluginsIn } = await import('../plugins.ts');
      const { packageDir } = await import('../package.ts');
      const { join } = await import('node:path');
      const own = layout.plugins(webpipeDir(options.dir));
      const all = [
        ...(await pluginsIn(own)).map((plugin) => ({ ...plugin, needs: '', from: 'yours' })),
        ...formats.map(({ name, types, about, needs = '' }) => ({ name, types, about, needs, from: 'built in' })),
        ...(await pluginsIn(join(packageDir(), 'plugins'))).map((plugin) => ({
          ...plugin,
          needs: '',
          from: 'shipped',
        })),
      ];
      if (options.json) return say(JSON.stringify(all, null, 2));
      say(
        table([
          ['NAME', 'FROM', 'NEEDS', 'WHAT'],
          ...all.map((each) => [printable(each.name), each.from, each.needs, printable(each.about)]),
        ]),
      );
      say('\nTypes (wp show --type TYPE):');
      for (const { name, types } of all) say(wrap(`  ${printable(name)}: `, types.map(printable)));
      say(`\nYour own plugins are ${printable(own)}/TYPE/render.`);
    });
}
