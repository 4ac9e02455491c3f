/** Draws figures of ECharts, without external resources, links and HTML. */
import { init } from 'echarts';
import { removeUnsafeOptions, wrapTitles } from './client/echarts-options.ts';
import { type DrawnFigure, isObject } from './client/library.ts';

window.webpipeFigures = { draw };

async function draw(spec: unknown, element: HTMLElement, dark: boolean): Promise<DrawnFigure> {
  const option = isObject(spec) && isObject(spec.option) ? spec.option : spec;
  if (!isObject(option)) throw new Error('it is not an object');
  const remarks = removeUnsafeOptions(option);
  element.classList.add('filled');
  const chart = init(element, dark ? 'dark' : undefined, { renderer: 'canvas' });
  // Use the page's background unless the figure sets one.
  chart.setOption({ backgroundColor: 'transparent', ...option });
  const fit = () => {
    if (option.title !== undefined) chart.setOption({ title: wrapTitles(option.title, chart.getWidth() - 20) });
  };
  const resize = () => {
    chart.resize();
    fit();
  };
  fit();
  return { remarks, resize, remove: () => chart.dispose() };
}
