/** Draws figures with ECharts. External resources, links and HTML in them are removed. */
import { init } from 'echarts';
import { removeUnsafeOptions, wrapTitles } from './client/echarts-options.ts';
import { type DrawnFigure, isObject } from './client/library.ts';

window.webpipeFigures = { draw };

async function draw(spec: unknown, element: HTMLElement, isDark: boolean): Promise<DrawnFigure> {
  const option = isObject(spec) && isObject(spec.option) ? spec.option : spec;
  if (!isObject(option)) throw new Error('it is not an object');
  const remarks = removeUnsafeOptions(option);
  element.classList.add('filled');
  const chart = init(element, isDark ? 'dark' : undefined, { renderer: 'canvas' });
  // Use the page's background unless the figure sets one.
  chart.setOption({ backgroundColor: 'transparent', ...option });
  const fitTitles = () => {
    if (option.title !== undefined) chart.setOption({ title: wrapTitles(option.title, chart.getWidth() - 20) });
  };
  const resize = () => {
    chart.resize();
    fitTitles();
  };
  fitTitles();
  return { remarks, resize, remove: () => chart.dispose() };
}
