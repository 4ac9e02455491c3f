/** The script of pages with one drawing. */
import { attachZoom } from './pan-zoom.ts';

attachZoom();
