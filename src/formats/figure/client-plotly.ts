/** Plotly, with the kinds of traces that lie in a plane. */
import Plotly from 'plotly.js-cartesian-dist-min';
import { colours, type Drawn, type Fields, isInside, isObject } from './client/draw.ts';
import { onPage } from './client/plotly-look.ts';

window.webpipeFigures = { draw };

/** Drawn by WebGL elsewhere, and here by the same means as all others. */
const PLAIN: Readonly<Record<string, string>> = { scattergl: 'scatter', heatmapgl: 'heatmap' };

async function draw(spec: unknown, element: HTMLElement, dark: boolean): Promise<Drawn> {
  if (!isObject(spec) || !Array.isArray(spec.data)) throw new Error('it has no list "data"');
  const known = new Set(Object.keys(Plotly.PlotSchema.get().traces));
  const left = new Set<string>();
  const data: Fields[] = [];
  for (const trace of spec.data.filter(isObject)) {
    const type = typeof trace.type === 'string' ? (PLAIN[trace.type] ?? trace.type) : 'scatter';
    if (!known.has(type)) left.add(type.slice(0, 40));
    else if ('source' in trace && !isInside(trace.source)) left.add('a picture from elsewhere');
    else data.push({ ...trace, type });
  }
  if (data.length === 0 && left.size > 0)
    throw new Error(`its traces are of kinds that are not drawn here: ${[...left].join(', ')}`);
  const layout = isObject(spec.layout) ? spec.layout : {};
  for (const part of [
    layout,
    isObject(layout.template) && isObject(layout.template.layout) ? layout.template.layout : {},
  ])
    if (Array.isArray(part.images)) {
      const inside = part.images.filter((image) => isObject(image) && isInside(image.source));
      if (inside.length < part.images.length) left.add('a picture from elsewhere');
      part.images = inside;
    }
  const sized = typeof layout.height === 'number';
  element.classList.toggle('filled', !sized);
  const frames = Array.isArray(spec.frames) ? spec.frames : undefined;
  await Plotly.newPlot(element, {
    data,
    layout: { ...onPage(layout, colours(), dark), autosize: true },
    ...(frames && { frames }),
    config: { responsive: true, displaylogo: false, showSendToCloud: false, showEditInChartStudio: false },
  });
  return {
    remarks: left.size > 0 ? [`not drawn: ${[...left].join(', ')}`] : [],
    resize: () => {
      void Plotly.Plots.resize(element);
    },
    remove: () => Plotly.purge(element),
  };
}
