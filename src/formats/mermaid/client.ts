/** The script of pages with diagrams: draws each in the colours of the page. An invalid diagram stays as text. */
import mermaid from 'mermaid';
import { attachPanZoom } from '../../web/kit/pan-zoom/pan-zoom.ts';

/** Longest diagram text, characters. */
const MAX_TEXT = 50_000;

interface Diagram {
  readonly text: string;
  readonly element: HTMLElement;
  readonly original: HTMLElement;
}

/** Adds a content security policy, because diagrams may refer to pictures and fonts of other hosts. */
function blockExternalResources(): void {
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  const allowed = `data: blob: ${location.origin}`;
  policy.content = `img-src ${allowed}; font-src ${allowed}; media-src ${allowed}; connect-src ${allowed}; style-src 'unsafe-inline' ${allowed}`;
  document.head.append(policy);
}

const dark = matchMedia('(prefers-color-scheme: dark)');
const diagrams: Diagram[] = [...document.querySelectorAll<HTMLElement>('pre.mermaid')].map((original) => {
  const element = document.createElement('div');
  element.className = 'diagram';
  original.before(element);
  return { text: original.textContent ?? '', element, original };
});

async function draw(): Promise<void> {
  const background = getComputedStyle(document.documentElement).backgroundColor;
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: 'strict',
    suppressErrorRendering: true,
    theme: dark.matches ? 'dark' : 'default',
    // The dark theme has light label backgrounds, on which its text is unreadable.
    themeVariables: dark.matches ? { edgeLabelBackground: background, sequenceNumberColor: background } : {},
    fontFamily: getComputedStyle(document.body).fontFamily,
    maxTextSize: MAX_TEXT,
    maxEdges: 1000,
  });
  for (const [i, { text, element, original }] of diagrams.entries()) {
    try {
      const { svg } = await mermaid.render(`diagram${i}`, text);
      // Mermaid sanitises the SVG (`strict`), and the page is in a sandboxed frame.
      element.innerHTML = svg;
      original.hidden = true;
    } catch (error) {
      const message = document.createElement('p');
      message.className = 'bad';
      message.setAttribute('role', 'alert');
      message.textContent = `Not drawn: ${reasonOf(error)}`;
      element.replaceChildren(message);
      original.hidden = false;
    }
  }
}

/** The error in one line. Mermaid's message quotes the source below its first line. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [first = '', ...rest] = message.split('\n');
  const expected = rest.find((line) => /^(?:Expecting|Expected)/.test(line));
  const unexpected = expected && /got '([^']*)'/.exec(expected)?.[1];
  return `${first.replace(/[:.]\s*$/, '')}${unexpected ? `, unexpected ${unexpected}` : ''}.`;
}

async function start(): Promise<void> {
  blockExternalResources();
  await draw();
  const [single] = diagrams;
  if (document.querySelector('.stage') && single?.original.hidden) {
    // A page of a single diagram has pan and zoom.
    const svg = single.element.querySelector('svg');
    svg?.style.removeProperty('max-width');
    svg?.setAttribute('width', String(svg.viewBox.baseVal.width));
    single.element.replaceWith(...single.element.childNodes);
    attachPanZoom();
  } else dark.addEventListener('change', () => void draw());
}

void start();
