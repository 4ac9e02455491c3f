/** The part of pdf.js that reads files, as a classic script: it runs in a worker, or in the page where there is none. */
import 'pdfjs-dist/legacy/build/pdf.worker.mjs';
