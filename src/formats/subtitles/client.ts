/** The script of a page of subtitles: filters the cues, and loads those that the page does not hold. */
import { anyCase } from '../../shared/case.ts';
import { fetchFile } from '../../shared/kit/ranges/fetch-range.ts';
import { type Charset, decode } from '../../shared/kit/text/charset.ts';
import { count, plural } from '../../shared/kit/text/numbers.ts';
import { cueHtml } from './shared/cues.ts';
import { parseSubtitles } from './shared/parse.ts';

const cues = document.querySelector<HTMLOListElement>('#cues');
const info = document.querySelector<HTMLElement>('#info');
const find = document.querySelector<HTMLInputElement>('#find');
const all = document.querySelector<HTMLButtonElement>('#all');

if (cues && info && find) {
  const facts = info.textContent ?? '';
  let summary = facts;

  const filter = () => {
    const wanted = anyCase(find.value);
    let shown = 0;
    for (const cue of cues.children) {
      const isShown = wanted.test(cue.textContent ?? '');
      (cue as HTMLElement).hidden = !isShown;
      if (isShown) shown++;
    }
    info.textContent =
      find.value === ''
        ? summary
        : `${count(shown)} of ${plural(cues.childElementCount, 'cue')}${all?.isConnected ? ' on this page' : ''}`;
  };

  const loadAll = async () => {
    const { source = '', charset = 'utf-8' } = document.body.dataset;
    const response = await fetchFile(new URL(source, document.baseURI));
    const text = decode(new Uint8Array(await response.arrayBuffer()), charset as Charset);
    const { kind, cues: found } = parseSubtitles(text);
    cues.innerHTML = found.map(cueHtml).join('');
    summary = `${kind} · ${plural(found.length, 'cue')}`;
    all?.remove();
    filter();
  };

  find.addEventListener('input', filter);
  all?.addEventListener('click', () => {
    all.disabled = true;
    loadAll().catch((error: unknown) => {
      all.disabled = false;
      info.textContent = `The other cues could not be loaded: ${error instanceof Error ? error.message : String(error)}`;
    });
  });
}
