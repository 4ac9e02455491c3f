/** The colours of code for what a page of a diff shows later: all grammars, so it is loaded only then. */
import { paintFor } from './shared/paint.ts';

globalThis.webpipePaintFor = paintFor;
