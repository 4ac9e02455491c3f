/** ECharts, without what it would load, lead to or write as HTML. */
import { init } from 'echarts';
import { type Drawn, isObject } from './client/draw.ts';
import { harmless, titlesWithin } from './client/echarts.ts';

window.webpipeFigures = { draw };

async function draw(spec: unknown, element: HTMLElement, dark: boolean): Promise<Drawn> {
  const option = isObject(spec) && isObject(spec.option) ? spec.option : spec;
  if (!isObject(option)) throw new Error('it is no object');
  const remarks = harmless(option);
  element.classList.add('filled');
  const chart = init(element, dark ? 'dark' : undefined, { renderer: 'canvas' });
  // The page has its own colour, unless the figure says otherwise.
  chart.setOption({ backgroundColor: 'transparent', ...option });
  const fit = () => {
    if (option.title !== undefined) chart.setOption({ title: titlesWithin(option.title, chart.getWidth() - 20) });
  };
  const resize = () => {
    chart.resize();
    fit();
  };
  fit();
  return { remarks, resize, remove: () => chart.dispose() };
}
