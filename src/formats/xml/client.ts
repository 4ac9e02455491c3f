/** Script of XML pages. */
import { startTree } from '../../web/kit/tree/start-tree.ts';
import { openXml } from './shared/open.ts';

startTree({ open: openXml, maxBytes: 30_000_000, paths: 'xpath' });
