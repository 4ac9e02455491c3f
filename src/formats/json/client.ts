/** Script of JSON pages. */
import { openJson } from '../../shared/kit/tree/open-json.ts';
import { startTree } from '../../web/kit/tree/start-tree.ts';

startTree({ open: openJson, maxBytes: 1_500_000_000 });
