/** The worker of pdf.js as a classic script, which can also run in the page if workers are not available. */
import 'pdfjs-dist/legacy/build/pdf.worker.mjs';
