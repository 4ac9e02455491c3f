/** The script of XML pages. */
import { startTree } from '../json/start.ts';
import { openXml } from '../xml/open.ts';

startTree({ open: openXml, most: 30_000_000, paths: 'xpath' });
