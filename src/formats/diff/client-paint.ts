/** Syntax colours for files that the page of a diff adds later. Contains all grammars, so it is loaded on demand. */
import { paintFor } from './shared/paint.ts';

globalThis.webpipePaintFor = paintFor;
