import { type Fields, isInside, isObject } from './draw.ts';

/** What leads elsewhere when it is clicked, what is laid over the page, and what writes the page's HTML. */
const DROPPED = new Set([
  'link',
  'sublink',
  'target',
  'subtarget',
  'extraCssText',
  'className',
  'appendTo',
  'appendToBody',
  'optionToContent',
]);
/** Deeper than any figure is. */
const DEPTH = 200;

/**
 * Takes out of the options of ECharts what would load a picture from elsewhere, lead to elsewhere or write HTML: text with
 * markup in tooltips becomes the text that it is. Changes `option`, and gives what a reader should know of it.
 */
export function harmless(option: Fields): string[] {
  const remarks = new Set<string>();
  walk(option, 0);
  // All tooltips are written as this one says.
  const tooltips = [option, ...lists(option.baseOption), ...lists(option.options), ...lists(option.media)];
  for (const part of tooltips) quietTooltips(isObject(part.option) ? part.option : part);
  return [...remarks];

  function walk(value: unknown, depth: number): void {
    if (typeof value !== 'object' || value === null) return;
    if (depth > DEPTH) throw new Error(`it is nested more than ${DEPTH} levels deep`);
    const fields = value as Fields;
    for (const key of Object.keys(fields)) {
      const part = fields[key];
      if (key === 'dataView') delete fields[key];
      else if (DROPPED.has(key) && !isNode(fields)) delete fields[key];
      else if (typeof part === 'string') {
        if (!leadsOut(key, part)) continue;
        delete fields[key];
        remarks.add('pictures from elsewhere are not loaded');
      } else walk(part, depth + 1);
    }
  }
}

/** Edges of graphs, and nothing else, have targets that lead to a node. */
const isNode = (fields: Fields): boolean => 'source' in fields && 'target' in fields;

const leadsOut = (key: string, text: string): boolean =>
  /^\s*image:\/\//i.test(text) ? !isInside(text.replace(/^\s*image:\/\//i, '')) : key === 'image' && !isInside(text);

const lists = (value: unknown): Fields[] => (Array.isArray(value) ? value : [value]).filter(isObject);

/**
 * Titles as they are given, each to go on in a further line where it is wider than so many pixels. Titles that say how
 * wide they are stay as they are.
 */
export function titlesWithin(title: unknown, width: number): Fields[] {
  return lists(title).map((one) => {
    const style = isObject(one.textStyle) ? one.textStyle : {};
    const lineHeight = (typeof style.fontSize === 'number' ? style.fontSize : 18) * 1.3;
    return { ...one, textStyle: { width, overflow: 'break', lineHeight, ...style } };
  });
}

/** Tooltips are drawn, not written as HTML. */
function quietTooltips(option: Fields): void {
  const tooltips = lists(option.tooltip);
  for (const tooltip of tooltips) tooltip.renderMode = 'richText';
}
