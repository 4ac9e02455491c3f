import type { Renderer } from '../shared/renderer.ts';
import { FIGURE_TYPES } from './figure/kind.ts';
import json from './json.ts';

export default {
  name: 'figure',
  about:
    'Figures of Vega, Vega-Lite, Plotly and ECharts as JSON: drawn, with their JSON as a tree; nothing in them runs',
  types: Object.keys(FIGURE_TYPES),
  preview: true,
  // Each is a JSON text, and other JSON is found to be a figure by what stands in it.
  render: json.render,
} satisfies Renderer;
