import type { Command } from 'commander';
import { layout, webpipeDir } from '../../directory/directory.ts';
import { dirOption } from '../options.ts';
import { printable, printLine, table, wrap } from '../terminal.ts';

/** `wp types`: lists the formats and plugins with their types and requirements. */
export default function addTypes(program: Command): void {
  program
    .command('types')
    .description('list the formats that can be shown, with their types and requirements')
    .addOption(dirOption())
    .option('--json', 'print the list as JSON')
    .action(async (options: { dir?: string; json?: true }) => {
      const { formats } = await import('../../../formats/index.ts');
      const { pluginsIn } = await import('../plugins.ts');
      const { packageDir } = await import('../package.ts');
      const { join } = await import('node:path');
      const pluginDir = layout.plugins(webpipeDir(options.dir));
      const all = [
        ...(await pluginsIn(pluginDir)).map((plugin) => ({ ...plugin, needs: '', from: 'yours' })),
        ...formats.map(({ name, types, about, needs = '' }) => ({ name, types, about, needs, from: 'built in' })),
        ...(await pluginsIn(join(packageDir(), 'plugins'))).map((plugin) => ({
          ...plugin,
          needs: '',
          from: 'bundled',
        })),
      ];
      if (options.json) return printLine(JSON.stringify(all, null, 2));
      printLine(
        table([
          ['NAME', 'FROM', 'NEEDS', 'DESCRIPTION'],
          ...all.map(({ name, from, needs, about }) => [printable(name), from, needs, printable(about)]),
        ]),
      );
      printLine('\nTypes (wp show --type TYPE):');
      for (const { name, types } of all) printLine(wrap(`  ${printable(name)}: `, types.map(printable)));
      printLine(`\nYour own plugins: ${printable(pluginDir)}/TYPE/render`);
    });
}
