/** Predefined CMaps for traditional Chinese (ISO 32000, 9.7.5.2), which fonts without an embedded CMap refer to by name. */
import adobeCNS1UCS2 from 'pdfjs-dist/cmaps/Adobe-CNS1-UCS2.bcmap';
import b5pcH from 'pdfjs-dist/cmaps/B5pc-H.bcmap';
import b5pcV from 'pdfjs-dist/cmaps/B5pc-V.bcmap';
import cNSEUCH from 'pdfjs-dist/cmaps/CNS-EUC-H.bcmap';
import cNSEUCV from 'pdfjs-dist/cmaps/CNS-EUC-V.bcmap';
import eTenB5H from 'pdfjs-dist/cmaps/ETen-B5-H.bcmap';
import eTenB5V from 'pdfjs-dist/cmaps/ETen-B5-V.bcmap';
import eTenmsB5H from 'pdfjs-dist/cmaps/ETenms-B5-H.bcmap';
import eTenmsB5V from 'pdfjs-dist/cmaps/ETenms-B5-V.bcmap';
import hKscsB5H from 'pdfjs-dist/cmaps/HKscs-B5-H.bcmap';
import hKscsB5V from 'pdfjs-dist/cmaps/HKscs-B5-V.bcmap';
import uniCNSUCS2H from 'pdfjs-dist/cmaps/UniCNS-UCS2-H.bcmap';
import uniCNSUCS2V from 'pdfjs-dist/cmaps/UniCNS-UCS2-V.bcmap';
import uniCNSUTF16H from 'pdfjs-dist/cmaps/UniCNS-UTF16-H.bcmap';
import uniCNSUTF16V from 'pdfjs-dist/cmaps/UniCNS-UTF16-V.bcmap';

globalThis.webpipePdfExtras = {
  ...globalThis.webpipePdfExtras,
  'Adobe-CNS1-UCS2.bcmap': adobeCNS1UCS2,
  'B5pc-H.bcmap': b5pcH,
  'B5pc-V.bcmap': b5pcV,
  'CNS-EUC-H.bcmap': cNSEUCH,
  'CNS-EUC-V.bcmap': cNSEUCV,
  'ETen-B5-H.bcmap': eTenB5H,
  'ETen-B5-V.bcmap': eTenB5V,
  'ETenms-B5-H.bcmap': eTenmsB5H,
  'ETenms-B5-V.bcmap': eTenmsB5V,
  'HKscs-B5-H.bcmap': hKscsB5H,
  'HKscs-B5-V.bcmap': hKscsB5V,
  'UniCNS-UCS2-H.bcmap': uniCNSUCS2H,
  'UniCNS-UCS2-V.bcmap': uniCNSUCS2V,
  'UniCNS-UTF16-H.bcmap': uniCNSUTF16H,
  'UniCNS-UTF16-V.bcmap': uniCNSUTF16V,
};
