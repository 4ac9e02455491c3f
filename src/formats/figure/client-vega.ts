/** Draws figures of Vega and Vega-Lite. Expressions are interpreted, never compiled to code. */
import { type Config, type Loader, parse, type Spec, View, Warn } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, type Config as LiteConfig, type TopLevelSpec } from 'vega-lite';
import type { MessageFromPage } from '../../shared/page-messages.ts';
import { colours, type DrawnFigure, isDataImage, isObject } from './client/library.ts';
import { limitVega } from './client/vega-limits.ts';

limitVega();
window.webpipeFigures = { draw };

async function draw(spec: unknown, element: HTMLElement, dark: boolean): Promise<DrawnFigure> {
  if (!isObject(spec)) throw new Error('it is not an object');
  if ('marks' in spec && !Array.isArray(spec.marks)) throw new Error('"marks" is not a list');
  const lite = document.body.dataset.figure === 'vega-lite';
  const refusedUrls = new Set<string>();
  const remarks = new Set<string>();
  // A figure with a background of its own has colours to match.
  const hasBackground = 'background' in spec || (isObject(spec.config) && 'background' in spec.config);
  const config = hasBackground ? {} : pageConfig(dark, lite);
  if (lite && spec.width === 'container') element.classList.add('filled');
  const vegaSpec: Spec = lite
    ? compile(spec as unknown as TopLevelSpec, { config: config as LiteConfig, logger: collectingLogger(remarks) }).spec
    : (spec as unknown as Spec);
  const view = new View(parse(vegaSpec, lite ? undefined : (config as Config), { ast: true }), {
    expr: expressionInterpreter,
    loader: offlineLoader(refusedUrls),
    logger: collectingLogger(remarks),
    renderer: 'canvas',
    container: element,
    hover: true,
  });
  await view.runAsync();
  const resize = () => fitToContainer(element);
  resize();
  const missing = [...refusedUrls].slice(0, 3).map((url) => url.slice(0, 100));
  return {
    remarks: [
      ...(missing.length > 0 ? [`external resources are not loaded: ${missing.join(', ')}`] : []),
      ...[...remarks].slice(0, 3).map((text) => text.slice(0, 200)),
    ],
    resize,
    remove: () => view.finalize(),
  };
}

/** Scales a wide figure down to its container, to 60 % at least so that its text stays readable. */
function fitToContainer(element: HTMLElement): void {
  const canvas = element.querySelector('canvas');
  if (!canvas) return;
  const [width, height] = [canvas.offsetWidth, canvas.offsetHeight];
  const scale = Math.max(0.6, Math.min(1, element.clientWidth / (width || 1)));
  canvas.style.transformOrigin = '0 0';
  canvas.style.transform = scale < 1 ? `scale(${scale})` : '';
  canvas.style.margin = `0 ${(scale - 1) * width}px ${(scale - 1) * height}px 0`;
}

/** A loader that refuses data and pictures, and passes links to the viewer, which asks before it opens them. */
function offlineLoader(refusedUrls: Set<string>): Loader {
  const refuse = (url: unknown): never => {
    refusedUrls.add(String(url));
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
      return isDataImage(url) ? { href: url } : refuse(url);
    },
  } as unknown as Loader;
}

/** A logger that collects warnings for the page. Refused loads are left out, because `asked` has them. */
function collectingLogger(remarks: Set<string>) {
  const collect = (...words: unknown[]) => {
    const text = words.map(String).join(' ');
    if (!/not loaded|Loading failed|the viewer opens it/.test(text)) remarks.add(text);
    return logger;
  };
  const ignore = () => logger;
  const logger = { level: (() => Warn) as never, error: collect, warn: collect, info: ignore, debug: ignore };
  return logger;
}

function pageConfig(dark: boolean, lite: boolean): Record<string, unknown> {
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
    // These marks are black by default.
    ...(dark && (lite ? { text: { color: fg }, rule: { color: dim } } : { text: { fill: fg }, rule: { stroke: dim } })),
  };
}
