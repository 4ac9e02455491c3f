/** The script of JSON pages. */
import { openBytes } from '../../shared/kit/tree/open-json.ts';
import { startTree } from '../../web/kit/tree/start-tree.ts';

startTree({ open: openBytes, most: 1_500_000_000 });
