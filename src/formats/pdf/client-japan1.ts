/** Predefined CMaps for Japanese (ISO 32000, 9.7.5.2), which fonts without an embedded CMap refer to by name. */
import cmap83pvRKSJH from 'pdfjs-dist/cmaps/83pv-RKSJ-H.bcmap';
import cmap90msRKSJH from 'pdfjs-dist/cmaps/90ms-RKSJ-H.bcmap';
import cmap90msRKSJV from 'pdfjs-dist/cmaps/90ms-RKSJ-V.bcmap';
import cmap90mspRKSJH from 'pdfjs-dist/cmaps/90msp-RKSJ-H.bcmap';
import cmap90mspRKSJV from 'pdfjs-dist/cmaps/90msp-RKSJ-V.bcmap';
import cmap90pvRKSJH from 'pdfjs-dist/cmaps/90pv-RKSJ-H.bcmap';
import cmap90pvRKSJV from 'pdfjs-dist/cmaps/90pv-RKSJ-V.bcmap';
import addRKSJH from 'pdfjs-dist/cmaps/Add-RKSJ-H.bcmap';
import addRKSJV from 'pdfjs-dist/cmaps/Add-RKSJ-V.bcmap';
import adobeJapan1UCS2 from 'pdfjs-dist/cmaps/Adobe-Japan1-UCS2.bcmap';
import eUCH from 'pdfjs-dist/cmaps/EUC-H.bcmap';
import eUCV from 'pdfjs-dist/cmaps/EUC-V.bcmap';
import extRKSJH from 'pdfjs-dist/cmaps/Ext-RKSJ-H.bcmap';
import extRKSJV from 'pdfjs-dist/cmaps/Ext-RKSJ-V.bcmap';
import cmapH from 'pdfjs-dist/cmaps/H.bcmap';
import uniJISUCS2H from 'pdfjs-dist/cmaps/UniJIS-UCS2-H.bcmap';
import uniJISUCS2HWH from 'pdfjs-dist/cmaps/UniJIS-UCS2-HW-H.bcmap';
import uniJISUCS2HWV from 'pdfjs-dist/cmaps/UniJIS-UCS2-HW-V.bcmap';
import uniJISUCS2V from 'pdfjs-dist/cmaps/UniJIS-UCS2-V.bcmap';
import uniJISUTF16H from 'pdfjs-dist/cmaps/UniJIS-UTF16-H.bcmap';
import uniJISUTF16V from 'pdfjs-dist/cmaps/UniJIS-UTF16-V.bcmap';
import cmapV from 'pdfjs-dist/cmaps/V.bcmap';

globalThis.webpipePdfExtras = {
  ...globalThis.webpipePdfExtras,
  '83pv-RKSJ-H.bcmap': cmap83pvRKSJH,
  '90ms-RKSJ-H.bcmap': cmap90msRKSJH,
  '90ms-RKSJ-V.bcmap': cmap90msRKSJV,
  '90msp-RKSJ-H.bcmap': cmap90mspRKSJH,
  '90msp-RKSJ-V.bcmap': cmap90mspRKSJV,
  '90pv-RKSJ-H.bcmap': cmap90pvRKSJH,
  '90pv-RKSJ-V.bcmap': cmap90pvRKSJV,
  'Add-RKSJ-H.bcmap': addRKSJH,
  'Add-RKSJ-V.bcmap': addRKSJV,
  'Adobe-Japan1-UCS2.bcmap': adobeJapan1UCS2,
  'EUC-H.bcmap': eUCH,
  'EUC-V.bcmap': eUCV,
  'Ext-RKSJ-H.bcmap': extRKSJH,
  'Ext-RKSJ-V.bcmap': extRKSJV,
  'H.bcmap': cmapH,
  'UniJIS-UCS2-H.bcmap': uniJISUCS2H,
  'UniJIS-UCS2-HW-H.bcmap': uniJISUCS2HWH,
  'UniJIS-UCS2-HW-V.bcmap': uniJISUCS2HWV,
  'UniJIS-UCS2-V.bcmap': uniJISUCS2V,
  'UniJIS-UTF16-H.bcmap': uniJISUTF16H,
  'UniJIS-UTF16-V.bcmap': uniJISUTF16V,
  'V.bcmap': cmapV,
};
