import type { Format } from '../../shared/format.ts';
import json from '../json/format.ts';
import { FIGURE_TYPES } from './kind.ts';

export default {
  name: 'figure',
  about: 'Figures of Vega, Vega-Lite, Plotly and ECharts: drawn, with their JSON as a tree; scripts in them do not run',
  types: Object.keys(FIGURE_TYPES),
  searchText: 'page',
  preview: true,
  // The json format recognises figures by their content, so it renders these names too.
  render: json.render,
} satisfies Format;
