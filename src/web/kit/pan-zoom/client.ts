/** The script of pages with a drawing. */
import { attachPanZoom } from './pan-zoom.ts';

attachPanZoom();
