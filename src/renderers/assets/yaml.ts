/** The script of YAML pages. */
import { startTree } from '../json/start.ts';
import { openYaml } from '../yaml/open.ts';

startTree({ open: openYaml, most: 30_000_000 });
