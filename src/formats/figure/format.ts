import type { Format } from '../../shared/format.ts';
import json from '../json/format.ts';
import { FIGURE_TYPES } from './kind.ts';

export default {
  name: 'figure',
  about:
    'Figures of Vega, Vega-Lite, Plotly and ECharts as JSON: drawn, with their JSON as a tree; nothing in them runs',
  types: Object.keys(FIGURE_TYPES),
  searchText: 'page',
  preview: true,
  // Each is a JSON text, and other JSON is found to be a figure by what stands in it.
  render: json.render,
} satisfies Format;
