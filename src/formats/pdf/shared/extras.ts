/** Scripts with resources that few PDF files need. Each is loaded when pdf.js requests a resource in it. */

declare global {
  /** Resources of pdf.js by file name, set by the scripts that have been loaded. */
  var webpipePdfExtras: Readonly<Record<string, Uint8Array>> | undefined;
}

/** Names of the scripts: fonts and decoders, and the CMaps of each character collection. */
export const EXTRAS = ['pdf-extras', 'pdf-gb1', 'pdf-cns1', 'pdf-japan1', 'pdf-korea1'] as const;

/** The script that contains a resource. */
export function extraOf(filename: string): (typeof EXTRAS)[number] {
  if (!filename.endsWith('.bcmap')) return 'pdf-extras';
  if (/^(?:Adobe-GB|GB|UniGB)/.test(filename)) return 'pdf-gb1';
  if (/^(?:Adobe-CNS|B5|CNS|ET|HK|UniCNS)/.test(filename)) return 'pdf-cns1';
  if (/^(?:Adobe-Korea|KSC|UniKS)/.test(filename)) return 'pdf-korea1';
  return 'pdf-japan1';
}
