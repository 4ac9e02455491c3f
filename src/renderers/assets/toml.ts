/** The script of TOML pages. */
import { startTree } from '../json/start.ts';
import { openToml } from '../toml/open.ts';

startTree({ open: openToml, most: 30_000_000 });
