import { readHead } from '../../node/kit/text/file-ends.ts';
import type { Format } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { size as sizeOf } from '../../shared/kit/text/numbers.ts';
import { EXTRAS } from './shared/extras.ts';

/** PDF readers accept the header within the first kilobyte. */
const HEAD = 1024;

export default {
  name: 'pdf',
  about: 'PDF: pages drawn as they become visible, with selectable and searchable text; scripts in it do not run',
  types: ['pdf', 'ai', 'Rplot.pdf'],
  searchText: 'none',
  preview: true,
  sniff: (head) => (new TextDecoder('latin1').decode(head.subarray(0, 8)).startsWith('%PDF-') ? 'pdf' : undefined),
  async render(input, output) {
    const version = /%PDF-(\d\.\d)/.exec(new TextDecoder('latin1').decode(readHead(input.path, HEAD)))?.[1];
    const title = input.title ?? input.name;
    const source = escapeHtml(input.source);
    const download = `<a href="${source}" download>Download ${escapeHtml(input.name)}</a>`;
    const facts = [...(version ? [`PDF ${version}`] : []), input.bytes > 0 ? sizeOf(input.bytes) : 'Empty.'];
    if (!version) {
      const wrong = input.bytes > 0 ? 'This is not a PDF: it does not begin with %PDF-.' : '';
      await output.page(
        page({
          title,
          body: `<p class="note">${facts.join(' · ')}</p>${wrong ? `<p class="bad" role="alert">${wrong} ${download}</p>` : ''}`,
        }),
      );
      return;
    }
    await output.page(
      page({
        title,
        styles: [output.asset('pdf.css')],
        body: `<div class="bar"><span class="note" id="info"><span id="count"></span>${facts.join(' · ')}</span></div><p class="bad" id="fault" role="alert" hidden><span></span> ${download}</p><div id="pages" tabindex="0" role="document" aria-label="${escapeHtml(title)}"></div>`,
        data: {
          source: input.source,
          size: String(input.bytes),
          worker: output.asset('pdf-worker.js'),
          extras: EXTRAS.map((name) => output.asset(`${name}.js`)).join(' '),
        },
        scripts: [output.asset('pdf.js')],
      }),
    );
  },
} satisfies Format;
