/** The script of JSON pages. */
import { openBytes } from '../json/load.ts';
import { startTree } from '../json/start.ts';

startTree({ open: openBytes, most: 1_500_000_000 });
