/** Predefined CMaps for Korean (ISO 32000, 9.7.5.2), which fonts without an embedded CMap refer to by name. */
import adobeKorea1UCS2 from 'pdfjs-dist/cmaps/Adobe-Korea1-UCS2.bcmap';
import kSCEUCH from 'pdfjs-dist/cmaps/KSC-EUC-H.bcmap';
import kSCEUCV from 'pdfjs-dist/cmaps/KSC-EUC-V.bcmap';
import kSCmsUHCH from 'pdfjs-dist/cmaps/KSCms-UHC-H.bcmap';
import kSCmsUHCHWH from 'pdfjs-dist/cmaps/KSCms-UHC-HW-H.bcmap';
import kSCmsUHCHWV from 'pdfjs-dist/cmaps/KSCms-UHC-HW-V.bcmap';
import kSCmsUHCV from 'pdfjs-dist/cmaps/KSCms-UHC-V.bcmap';
import kSCpcEUCH from 'pdfjs-dist/cmaps/KSCpc-EUC-H.bcmap';
import kSCpcEUCV from 'pdfjs-dist/cmaps/KSCpc-EUC-V.bcmap';
import uniKSUCS2H from 'pdfjs-dist/cmaps/UniKS-UCS2-H.bcmap';
import uniKSUCS2V from 'pdfjs-dist/cmaps/UniKS-UCS2-V.bcmap';
import uniKSUTF16H from 'pdfjs-dist/cmaps/UniKS-UTF16-H.bcmap';
import uniKSUTF16V from 'pdfjs-dist/cmaps/UniKS-UTF16-V.bcmap';

globalThis.webpipePdfExtras = {
  ...globalThis.webpipePdfExtras,
  'Adobe-Korea1-UCS2.bcmap': adobeKorea1UCS2,
  'KSC-EUC-H.bcmap': kSCEUCH,
  'KSC-EUC-V.bcmap': kSCEUCV,
  'KSCms-UHC-H.bcmap': kSCmsUHCH,
  'KSCms-UHC-HW-H.bcmap': kSCmsUHCHWH,
  'KSCms-UHC-HW-V.bcmap': kSCmsUHCHWV,
  'KSCms-UHC-V.bcmap': kSCmsUHCV,
  'KSCpc-EUC-H.bcmap': kSCpcEUCH,
  'KSCpc-EUC-V.bcmap': kSCpcEUCV,
  'UniKS-UCS2-H.bcmap': uniKSUCS2H,
  'UniKS-UCS2-V.bcmap': uniKSUCS2V,
  'UniKS-UTF16-H.bcmap': uniKSUTF16H,
  'UniKS-UTF16-V.bcmap': uniKSUTF16V,
};
