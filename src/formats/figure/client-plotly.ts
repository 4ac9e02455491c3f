/** Draws figures of Plotly: the two-dimensional trace types. */
import Plotly from 'plotly.js-cartesian-dist-min';
import { colours, type DrawnFigure, type Fields, isDataImage, isObject } from './client/library.ts';
import { withPageColours } from './client/plotly-colours.ts';

window.webpipeFigures = { draw };

/** WebGL trace types, which this build draws with their SVG equivalents. */
const SVG_TYPE: Readonly<Record<string, string>> = { scattergl: 'scatter', heatmapgl: 'heatmap' };

async function draw(spec: unknown, element: HTMLElement, dark: boolean): Promise<DrawnFigure> {
  if (!isObject(spec) || !Array.isArray(spec.data)) throw new Error('it has no list "data"');
  const supportedTypes = new Set(Object.keys(Plotly.PlotSchema.get().traces));
  const omitted = new Set<string>();
  const data: Fields[] = [];
  for (const trace of spec.data.filter(isObject)) {
    const type = typeof trace.type === 'string' ? (SVG_TYPE[trace.type] ?? trace.type) : 'scatter';
    if (!supportedTypes.has(type)) omitted.add(type.slice(0, 40));
    else if ('source' in trace && !isDataImage(trace.source)) omitted.add('an external picture');
    else data.push({ ...trace, type });
  }
  if (data.length === 0 && omitted.size > 0)
    throw new Error(`its trace types are not supported: ${[...omitted].join(', ')}`);
  const layout = isObject(spec.layout) ? spec.layout : {};
  for (const part of [
    layout,
    isObject(layout.template) && isObject(layout.template.layout) ? layout.template.layout : {},
  ])
    if (Array.isArray(part.images)) {
      const inside = part.images.filter((image) => isObject(image) && isDataImage(image.source));
      if (inside.length < part.images.length) omitted.add('an external picture');
      part.images = inside;
    }
  const hasHeight = typeof layout.height === 'number';
  element.classList.toggle('filled', !hasHeight);
  const frames = Array.isArray(spec.frames) ? spec.frames : undefined;
  await Plotly.newPlot(element, {
    data,
    layout: { ...withPageColours(layout, colours(), dark), autosize: true },
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
