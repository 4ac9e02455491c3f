/** What few PDF files need lies in scripts of its own, each loaded when something in it is asked for. */

declare global {
  /** Files of pdf.js by their names, from the scripts that have been loaded. */
  var webpipePdfExtras: Readonly<Record<string, Uint8Array>> | undefined;
}

/** The scripts: fonts and decoders, and the CMaps of each collection of characters. */
export const EXTRAS = ['pdf-extras', 'pdf-gb1', 'pdf-cns1', 'pdf-japan1', 'pdf-korea1'] as const;

/** Which script has the file that pdf.js asks for by this name. */
export function extraOf(filename: string): (typeof EXTRAS)[number] {
  if (!filename.endsWith('.bcmap')) return 'pdf-extras';
  if (/^(?:Adobe-GB|GB|UniGB)/.test(filename)) return 'pdf-gb1';
  if (/^(?:Adobe-CNS|B5|CNS|ET|HK|UniCNS)/.test(filename)) return 'pdf-cns1';
  if (/^(?:Adobe-Korea|KSC|UniKS)/.test(filename)) return 'pdf-korea1';
  return 'pdf-japan1';
}
