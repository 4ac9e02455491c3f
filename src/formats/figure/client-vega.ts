/** Draws figures with Vega and Vega-Lite. Expressions are interpreted, never compiled to JavaScript. */
import { type Config, type Loader, parse, type Spec, View, Warn } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, type Config as LiteConfig, type TopLevelSpec } from 'vega-lite';
import type { MessageFromPage } from '../../shared/page-messages.ts';
import { colours, type DrawnFigure, isDataImage, isObject } from './client/library.ts';
import { limitVega } from './client/vega-limits.ts';

limitVega();
window.webpipeFigures = { draw };

/** Messages of errors that the loader throws. Vega logs them. */
const NOT_LOADED = 'it is not loaded';
const OPENED_BY_VIEWER = 'the viewer opens it';

async function draw(spec: unknown, element: HTMLElement, isDark: boolean): Promise<DrawnFigure> {
  if (!isObject(spec)) throw new Error('it is not an object');
  if ('marks' in spec && !Array.isArray(spec.marks)) throw new Error('"marks" is not a list');
  const isLite = document.body.dataset.figure === 'vega-lite';
  const refusedUrls = new Set<string>();
  const remarks = new Set<string>();
  // The colours of a figure that sets a background match that background, so they are not changed.
  const hasBackground = 'background' in spec || (isObject(spec.config) && 'background' in spec.config);
  const config = hasBackground ? {} : pageConfig(isDark, isLite);
  if (isLite && spec.width === 'container') element.classList.add('filled');
  const vegaSpec: Spec = isLite
    ? compile(spec as unknown as TopLevelSpec, { config: config as LiteConfig, logger: collectingLogger(remarks) }).spec
    : (spec as unknown as Spec);
  const view = new View(parse(vegaSpec, isLite ? undefined : (config as Config), { ast: true }), {
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
  const shownUrls = [...refusedUrls].slice(0, 3).map((url) => url.slice(0, 100));
  return {
    remarks: [
      ...(shownUrls.length > 0 ? [`external resources are not loaded: ${shownUrls.join(', ')}`] : []),
      ...[...remarks].slice(0, 3).map((text) => text.slice(0, 200)),
    ],
    resize,
    remove: () => view.finalize(),
  };
}

/** Scales a wide figure down to the width of its container, but not below 60 %, so that its text remains readable. */
function fitToContainer(element: HTMLElement): void {
  const canvas = element.querySelector('canvas');
  if (!canvas) return;
  const [width, height] = [canvas.offsetWidth, canvas.offsetHeight];
  const scale = Math.max(0.6, Math.min(1, element.clientWidth / (width || 1)));
  canvas.style.transformOrigin = '0 0';
  canvas.style.transform = scale < 1 ? `scale(${scale})` : '';
  canvas.style.margin = `0 ${(scale - 1) * width}px ${(scale - 1) * height}px 0`;
}

/** A loader that refuses external data and pictures. A link is passed to the viewer, which asks the user to confirm. */
function offlineLoader(refusedUrls: Set<string>): Loader {
  const refuse = (url: unknown): never => {
    refusedUrls.add(String(url));
    throw new Error(NOT_LOADED);
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
        throw new Error(OPENED_BY_VIEWER);
      }
      return isDataImage(url) ? { href: url } : refuse(url);
    },
  } as unknown as Loader;
}

/** A logger that collects warnings for the page, without those about refused URLs and links. */
function collectingLogger(remarks: Set<string>) {
  const collect = (...parts: unknown[]) => {
    const text = parts.map(String).join(' ');
    if (![NOT_LOADED, OPENED_BY_VIEWER, 'Loading failed'].some((reason) => text.includes(reason))) remarks.add(text);
    return logger;
  };
  const ignore = () => logger;
  const logger = { level: (() => Warn) as never, error: collect, warn: collect, info: ignore, debug: ignore };
  return logger;
}

/** A configuration with the colours of the page. */
function pageConfig(isDark: boolean, isLite: boolean): Record<string, unknown> {
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
    ...(isDark &&
      (isLite ? { text: { color: fg }, rule: { color: dim } } : { text: { fill: fg }, rule: { stroke: dim } })),
  };
}
