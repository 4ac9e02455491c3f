/** Resources that few PDF files need: two standard fonts that systems lack, and the decoders of JPEG 2000 and JBIG2. */
import dingbats from 'pdfjs-dist/standard_fonts/FoxitDingbats.pfb';
import symbols from 'pdfjs-dist/standard_fonts/FoxitSymbol.pfb';
import jbig2 from 'pdfjs-dist/wasm/jbig2.wasm';
import openjpeg from 'pdfjs-dist/wasm/openjpeg.wasm';

globalThis.webpipePdfExtras = {
  ...globalThis.webpipePdfExtras,
  'FoxitDingbats.pfb': dingbats,
  'FoxitSymbol.pfb': symbols,
  'jbig2.wasm': jbig2,
  'openjpeg.wasm': openjpeg,
};
