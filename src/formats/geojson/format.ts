import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PAN_ZOOM_STYLE, panZoomHtml } from '../../node/kit/pan-zoom/pan-zoom-html.ts';
import { readHead } from '../../node/kit/text/file-ends.ts';
import { treePage } from '../../node/kit/tree/tree-page.ts';
import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml } from '../../shared/kit/page/shell.ts';
import { decode, detectCharset } from '../../shared/kit/text/charset.ts';
import { count, plural, size } from '../../shared/kit/text/numbers.ts';
import { openJson } from '../../shared/kit/tree/open-json.ts';

/** The largest number of bytes that are drawn. */
const MAX_DRAWN = 2_000_000;
/** Of a file larger than this, fewer bytes are drawn, so that its page is written quickly. */
const LARGE = 8_000_000;
const MAX_DRAWN_OF_LARGE = 30_000;
/** Largest map in the page; a larger one becomes a file of the entry. */
const MAX_INLINE = 70 * 1024;

/**
 * The style of a map.
 * @param prefix selector of the map in a page; empty for a separate file
 */
function mapStyle(prefix: string): string {
  const colours = (colour: string) =>
    `${prefix}path{fill:var(--fill,${colour});stroke:var(--stroke,var(--fill,${colour}))}`;
  const globe = `${prefix}.globe{fill:none;stroke:#8a929c}${prefix}.line{fill:none}`;
  return `${prefix}path{fill-opacity:.25;stroke-width:1.2;vector-effect:non-scaling-stroke}${colours('#0b62c4')}${globe}${prefix}.globe{stroke-opacity:.35;stroke-width:1}@media(prefers-color-scheme:dark){${colours('#6cb0ff')}${globe}}`;
}

const STYLE = `${PAN_ZOOM_STYLE}${mapStyle('.stage svg ')}
.stage g[data-i]{cursor:pointer}.stage g.on path{fill-opacity:.6;stroke-width:3}.properties{max-height:260px;overflow:auto;border:1px solid var(--line);border-radius:6px;margin:10px 0 16px}
.properties table{border-collapse:separate;border-spacing:0;font-size:13px;font-variant-numeric:tabular-nums}.properties th{position:sticky;top:0;background:var(--soft);text-align:left;font-weight:600}.properties td,.properties th{padding:1px 10px;white-space:nowrap;border-bottom:1px solid var(--line)}.properties tr.on td{background:var(--soft);box-shadow:inset 0 1px var(--accent),inset 0 -1px var(--accent)}`;

export default {
  name: 'geojson',
  about: 'GeoJSON as a map, drawn without map tiles or other network access, with a table of properties and a tree',
  types: ['geojson'],
  searchText: 'page',
  refines: ['json'],
  preview: true,

  // Tools write the member "type" first.
  sniff: (head) =>
    /^\s*\{\s*"type"\s*:\s*"FeatureCollection"/.test(new TextDecoder().decode(head)) ? 'geojson' : undefined,

  async render(input, output) {
    const above = await mapHtml(input, output);
    await treePage(input, output, {
      name: 'JSON',
      open: openJson,
      script: 'json.js',
      htmlAbove: above,
      style: STYLE,
      scripts: [output.asset('geojson.js')],
    });
  },
} satisfies Format;

async function mapHtml(input: RenderInput, output: RenderOutput): Promise<string> {
  const bytes = readHead(input.path, input.bytes > LARGE ? MAX_DRAWN_OF_LARGE : MAX_DRAWN);
  const { charset } = detectCharset(bytes.subarray(0, 4096));
  const utf8 = charset === 'utf-8' ? bytes : new TextEncoder().encode(decode(bytes, charset));
  const { featuresOf } = await import('./features.ts');
  const geojson = featuresOf(openJson(utf8, false).document);
  if (!geojson) return '<p class="note" role="note">No map: this is not GeoJSON.</p>';
  const { features, invalid } = geojson;
  if (features.length === 0) return '<p class="note" role="note">No map: no feature has coordinates.</p>';

  const [{ drawMap }, { tableHtml, titleOf }] = await Promise.all([import('./map.ts'), import('./table.ts')]);
  const { svg, area } = drawMap(features, titleOf);
  const isCut = input.bytes > bytes.length;
  const ofAll = geojson.count > features.length + invalid ? ` of ${count(geojson.count)}` : '';
  const part = isCut ? `, from the first ${size(bytes.length)}` : ofAll;
  const notes = [
    plural(features.length, 'feature') + part,
    area,
    ...(invalid > 0 && !isCut ? [`${count(invalid)} without valid coordinates`] : []),
  ];
  let drawing = svg;
  if (svg.length > MAX_INLINE) {
    const style = `<style>${mapStyle('')}</style>`;
    const file = svg.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ').replace('>', `>${style}`);
    await writeFile(join(output.dir, 'map.svg'), file);
    drawing = `<img src="${escapeHtml(output.href)}/map.svg" alt="" width="960" height="540">`;
  }
  return panZoomHtml(drawing, escapeHtml(notes.join(' · '))) + tableHtml(features);
}
