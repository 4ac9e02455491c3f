/** The script of pages with diagrams: draws each, in the colours of the page, and leaves its text where it cannot. */
import mermaid from 'mermaid';
import { attachPanZoom } from '../../web/kit/pan-zoom/pan-zoom.ts';

/** A longer text is no diagram that anybody could read. */
const LONGEST = 50_000;

interface Diagram {
  readonly text: string;
  readonly element: HTMLElement;
  readonly original: HTMLElement;
}

/** Diagrams may name pictures and fonts of other hosts: nothing is loaded from there, whoever serves this page. */
function stayHere(): void {
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  const own = `data: blob: ${location.origin}`;
  policy.content = `img-src ${own}; font-src ${own}; media-src ${own}; connect-src ${own}; style-src 'unsafe-inline' ${own}`;
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
  const ground = getComputedStyle(document.documentElement).backgroundColor;
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: 'strict',
    suppressErrorRendering: true,
    theme: dark.matches ? 'dark' : 'default',
    // What its dark theme writes on a light ground of its own cannot be read.
    themeVariables: dark.matches ? { edgeLabelBackground: ground, sequenceNumberColor: ground } : {},
    fontFamily: getComputedStyle(document.body).fontFamily,
    maxTextSize: LONGEST,
    maxEdges: 1000,
  });
  for (const [i, { text, element, original }] of diagrams.entries()) {
    try {
      const { svg } = await mermaid.render(`diagram${i}`, text);
      // Mermaid has made it harmless (strict); the frame that it is in could do no harm either.
      element.innerHTML = svg;
      original.hidden = true;
    } catch (error) {
      const said = document.createElement('p');
      said.className = 'bad';
      said.setAttribute('role', 'alert');
      said.textContent = `Not drawn: ${reasonOf(error)}`;
      element.replaceChildren(said);
      original.hidden = false;
    }
  }
}

/** Where and what, in one line: mermaid quotes the place below its first. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [first = '', ...rest] = message.split('\n');
  const expected = rest.find((line) => /^(?:Expecting|Expected)/.test(line));
  const got = expected && /got '([^']*)'/.exec(expected)?.[1];
  return `${first.replace(/[:.]\s*$/, '')}${got ? `, unexpected ${got}` : ''}.`;
}

async function start(): Promise<void> {
  stayHere();
  await draw();
  const [only] = diagrams;
  if (document.querySelector('.stage') && only?.original.hidden) {
    // On a page of its own a diagram is moved and made larger.
    const svg = only.element.querySelector('svg');
    svg?.style.removeProperty('max-width');
    svg?.setAttribute('width', String(svg.viewBox.baseVal.width));
    only.element.replaceWith(...only.element.childNodes);
    attachPanZoom();
  } else dark.addEventListener('change', () => void draw());
}

void start();
