/** The script of pages with one drawing. */
import { attachPanZoom } from './pan-zoom.ts';

attachPanZoom();
