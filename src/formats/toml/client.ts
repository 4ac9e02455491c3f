/** Script of TOML pages. */
import { startTree } from '../../web/kit/tree/start-tree.ts';
import { openToml } from './shared/open.ts';

startTree({ open: openToml, maxBytes: 30_000_000 });
