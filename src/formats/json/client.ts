/** The script of JSON pages. */
import { openBytes } from '../../shared/kit/tree/load.ts';
import { startTree } from '../../web/kit/tree/start.ts';

startTree({ open: openBytes, most: 1_500_000_000 });
