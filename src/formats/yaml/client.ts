/** Script of YAML pages. */
import { startTree } from '../../web/kit/tree/start-tree.ts';
import { openYaml } from './shared/open.ts';

startTree({ open: openYaml, maxBytes: 30_000_000 });
