/** Vega and Vega-Lite, whose expressions are interpreted and never become code. */
import { type Config, type Loader, parse, type Spec, View, Warn } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, type Config as LiteConfig, type TopLevelSpec } from 'vega-lite';
import type { MessageFromPage } from '../../shared/page-messages.ts';
import { colours, type Drawn, isInside, isObject } from './client/draw.ts';
import { boundVega } from './client/vega-bounds.ts';

boundVega();
window.webpipeFigures = { draw };

async function draw(spec: unknown, element: HTMLElement, dark: boolean): Promise<Drawn> {
  if (!isObject(spec)) throw new Error('it is no object');
  if ('marks' in spec && !Array.isArray(spec.marks)) throw new Error('"marks" is no list');
  const lite = document.body.dataset.figure === 'vega-lite';
  const asked = new Set<string>();
  const remarks = new Set<string>();
  // Who chose a background chose the colours for it.
  const own = 'background' in spec || (isObject(spec.config) && 'background' in spec.config);
  const look = own ? {} : lookOf(dark, lite);
  if (lite && spec.width === 'container') element.classList.add('filled');
  const full: Spec = lite
    ? compile(spec as unknown as TopLevelSpec, { config: look as LiteConfig, logger: quiet(remarks) }).spec
    : (spec as unknown as Spec);
  const view = new View(parse(full, lite ? undefined : (look as Config), { ast: true }), {
    expr: expressionInterpreter,
    loader: closed(asked),
    logger: quiet(remarks),
    renderer: 'canvas',
    container: element,
    hover: true,
  });
  await view.runAsync();
  const resize = () => shrink(element);
  resize();
  const missing = [...asked].slice(0, 3).map((url) => url.slice(0, 100));
  return {
    remarks: [
      ...(missing.length > 0 ? [`what lies elsewhere is not loaded: ${missing.join(', ')}`] : []),
      ...[...remarks].slice(0, 3).map((text) => text.slice(0, 200)),
    ],
    resize,
    remove: () => view.finalize(),
  };
}

/** A figure that is wider than its place is drawn smaller, as far as its words can be read; Vega finds the pointer all the same. */
function shrink(element: HTMLElement): void {
  const canvas = element.querySelector('canvas');
  if (!canvas) return;
  const [width, height] = [canvas.offsetWidth, canvas.offsetHeight];
  const scale = Math.max(0.6, Math.min(1, element.clientWidth / (width || 1)));
  canvas.style.transformOrigin = '0 0';
  canvas.style.transform = scale < 1 ? `scale(${scale})` : '';
  canvas.style.margin = `0 ${(scale - 1) * width}px ${(scale - 1) * height}px 0`;
}

/** Loads nothing: neither data nor pictures, and leads nowhere but through the viewer, which asks. */
function closed(asked: Set<string>): Loader {
  const refuse = (url: unknown): never => {
    asked.add(String(url));
    throw new Error('it is not loaded');
  };
  return {
    options: {},
    fileAccess: false,
    load: async (url: string) => refuse(url),
    http: async (url: string) => refuse(url),
    file: async (url: string) => refuse(url),
    sanitize: async (url: string, options: { context?: string } = {}) => {
      if (options.context === 'href') {
        if (/^https?:/i.test(url)) parent.postMessage({ webpipe: 'link', url } satisfies MessageFromPage, '*');
        throw new Error('the viewer opens it');
      }
      return isInside(url) ? { href: url } : refuse(url);
    },
  } as unknown as Loader;
}

/** Keeps what is said instead of filling the console; what could not be loaded is said elsewhere. */
function quiet(remarks: Set<string>) {
  const keep = (...words: unknown[]) => {
    const text = words.map(String).join(' ');
    if (!/not loaded|Loading failed|the viewer opens it/.test(text)) remarks.add(text);
    return logger;
  };
  const none = () => logger;
  const logger = { level: (() => Warn) as never, error: keep, warn: keep, info: none, debug: none };
  return logger;
}

function lookOf(dark: boolean, lite: boolean): Record<string, unknown> {
  const { fg, dim, line } = colours();
  const text = { labelColor: dim, titleColor: fg };
  return {
    background: null,
    title: { color: fg, subtitleColor: dim },
    axis: { ...text, gridColor: line, domainColor: dim, tickColor: dim },
    legend: text,
    header: text,
    view: { stroke: line },
    style: { 'guide-label': { fill: dim }, 'guide-title': { fill: fg }, 'group-title': { fill: fg } },
    // Black where nothing else is said.
    ...(dark && (lite ? { text: { color: fg }, rule: { color: dim } } : { text: { fill: fg }, rule: { stroke: dim } })),
  };
}
