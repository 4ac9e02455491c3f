/** The script of pages with one drawing. */
import { attachZoom } from '../stage/zoom.ts';

attachZoom();
