/** The script of pages with one drawing. */
import { attachZoom } from './zoom.ts';

attachZoom();
