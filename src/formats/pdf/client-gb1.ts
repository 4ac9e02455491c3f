/** Predefined CMaps for simplified Chinese (ISO 32000, 9.7.5.2), which fonts without an embedded CMap refer to by name. */
import adobeGB1UCS2 from 'pdfjs-dist/cmaps/Adobe-GB1-UCS2.bcmap';
import gBEUCH from 'pdfjs-dist/cmaps/GB-EUC-H.bcmap';
import gBEUCV from 'pdfjs-dist/cmaps/GB-EUC-V.bcmap';
import gBKEUCH from 'pdfjs-dist/cmaps/GBK-EUC-H.bcmap';
import gBKEUCV from 'pdfjs-dist/cmaps/GBK-EUC-V.bcmap';
import gBK2KH from 'pdfjs-dist/cmaps/GBK2K-H.bcmap';
import gBK2KV from 'pdfjs-dist/cmaps/GBK2K-V.bcmap';
import gBKpEUCH from 'pdfjs-dist/cmaps/GBKp-EUC-H.bcmap';
import gBKpEUCV from 'pdfjs-dist/cmaps/GBKp-EUC-V.bcmap';
import gBpcEUCH from 'pdfjs-dist/cmaps/GBpc-EUC-H.bcmap';
import gBpcEUCV from 'pdfjs-dist/cmaps/GBpc-EUC-V.bcmap';
import uniGBUCS2H from 'pdfjs-dist/cmaps/UniGB-UCS2-H.bcmap';
import uniGBUCS2V from 'pdfjs-dist/cmaps/UniGB-UCS2-V.bcmap';
import uniGBUTF16H from 'pdfjs-dist/cmaps/UniGB-UTF16-H.bcmap';
import uniGBUTF16V from 'pdfjs-dist/cmaps/UniGB-UTF16-V.bcmap';

globalThis.webpipePdfExtras = {
  ...globalThis.webpipePdfExtras,
  'Adobe-GB1-UCS2.bcmap': adobeGB1UCS2,
  'GB-EUC-H.bcmap': gBEUCH,
  'GB-EUC-V.bcmap': gBEUCV,
  'GBK-EUC-H.bcmap': gBKEUCH,
  'GBK-EUC-V.bcmap': gBKEUCV,
  'GBK2K-H.bcmap': gBK2KH,
  'GBK2K-V.bcmap': gBK2KV,
  'GBKp-EUC-H.bcmap': gBKpEUCH,
  'GBKp-EUC-V.bcmap': gBKpEUCV,
  'GBpc-EUC-H.bcmap': gBpcEUCH,
  'GBpc-EUC-V.bcmap': gBpcEUCV,
  'UniGB-UCS2-H.bcmap': uniGBUCS2H,
  'UniGB-UCS2-V.bcmap': uniGBUCS2V,
  'UniGB-UTF16-H.bcmap': uniGBUTF16H,
  'UniGB-UTF16-V.bcmap': uniGBUTF16V,
};
