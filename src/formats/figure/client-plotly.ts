/** Draws figures with Plotly. This build supports the two-dimensional trace types. */
import Plotly from 'plotly.js-cartesian-dist-min';
import { colours, type DrawnFigure, type Fields, isDataImage, isObject } from './client/library.ts';
import { withPageColours } from './client/plotly-colours.ts';

window.webpipeFigures = { draw };

/** The SVG equivalents of WebGL trace types, which this build does not contain. */
const SVG_TYPE: Readonly<Record<string, string>> = { scattergl: 'scatter', heatmapgl: 'heatmap' };

async function draw(spec: unknown, element: HTMLElement, isDark: boolean): Promise<DrawnFigure> {
  if (!isObject(spec) || !Array.isArray(spec.data)) throw new Error('it has no list "data"');
  /** Names of the parts that are not drawn. */
  const omitted = new Set<string>();
  const data = supportedTraces(spec.data, omitted);
  if (data.length === 0 && omitted.size > 0)
    throw new Error(`its trace types are not supported: ${[...omitted].join(', ')}`);
  const layout = isObject(spec.layout) ? spec.layout : {};
  removeExternalImages(layout, omitted);
  if (isObject(layout.template) && isObject(layout.template.layout))
    removeExternalImages(layout.template.layout, omitted);
  const hasHeight = typeof layout.height === 'number';
  element.classList.toggle('filled', !hasHeight);
  const frames = Array.isArray(spec.frames) ? spec.frames : undefined;
  await Plotly.newPlot(element, {
    data,
    layout: { ...withPageColours(layout, colours(), isDark), autosize: true },
    ...(frames && { frames }),
    config: { responsive: true, displaylogo: false, showSendToCloud: false, showEditInChartStudio: false },
  });
  return {
    remarks: omitted.size > 0 ? [`not drawn: ${[...omitted].join(', ')}`] : [],
    resize: () => {
      void Plotly.Plots.resize(element);
    },
    remove: () => Plotly.purge(element),
  };
}

/** The traces that this build can draw. Adds the names of the others to `omitted`. */
function supportedTraces(traces: readonly unknown[], omitted: Set<string>): Fields[] {
  const supportedTypes = new Set(Object.keys(Plotly.PlotSchema.get().traces));
  const supported: Fields[] = [];
  for (const trace of traces.filter(isObject)) {
    const type = typeof trace.type === 'string' ? (SVG_TYPE[trace.type] ?? trace.type) : 'scatter';
    if (!supportedTypes.has(type)) omitted.add(type.slice(0, 40));
    else if ('source' in trace && !isDataImage(trace.source)) omitted.add('an external picture');
    else supported.push({ ...trace, type });
  }
  return supported;
}

/** Removes the pictures of a layout that would be loaded from elsewhere. */
function removeExternalImages(layout: Fields, omitted: Set<string>): void {
  if (!Array.isArray(layout.images)) return;
  const embedded = layout.images.filter((image) => isObject(image) && isDataImage(image.source));
  if (embedded.length < layout.images.length) omitted.add('an external picture');
  layout.images = embedded;
}
