import { type Fields, isDataImage, isObject } from './library.ts';

/** Options that open links, place elements over the page or write HTML. */
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
/** Deepest nesting that is accepted. */
const MAX_DEPTH = 200;

/**
 * Removes from the options of ECharts whatever loads external pictures, opens links or writes HTML, and makes tooltips
 * show markup as text. Modifies `option`; returns notes for the user.
 */
export function removeUnsafeOptions(option: Fields): string[] {
  const remarks = new Set<string>();
  walk(option, 0);
  // `renderMode` of these tooltips applies to all others.
  const tooltips = [option, ...objectsIn(option.baseOption), ...objectsIn(option.options), ...objectsIn(option.media)];
  for (const part of tooltips) useRichText(isObject(part.option) ? part.option : part);
  return [...remarks];

  function walk(value: unknown, depth: number): void {
    if (typeof value !== 'object' || value === null) return;
    if (depth > MAX_DEPTH) throw new Error(`it is nested more than ${MAX_DEPTH} levels deep`);
    const fields = value as Fields;
    for (const key of Object.keys(fields)) {
      const part = fields[key];
      if (key === 'dataView') delete fields[key];
      else if (DROPPED.has(key) && !isEdge(fields)) delete fields[key];
      else if (typeof part === 'string') {
        if (!isExternalPicture(key, part)) continue;
        delete fields[key];
        remarks.add('external pictures are not loaded');
      } else walk(part, depth + 1);
    }
  }
}

/** In edges of graphs `target` names a node; elsewhere it is the target of a link. */
const isEdge = (fields: Fields): boolean => 'source' in fields && 'target' in fields;

const isExternalPicture = (key: string, text: string): boolean =>
  /^\s*image:\/\//i.test(text)
    ? !isDataImage(text.replace(/^\s*image:\/\//i, ''))
    : key === 'image' && !isDataImage(text);

const objectsIn = (value: unknown): Fields[] => (Array.isArray(value) ? value : [value]).filter(isObject);

/**
 * Makes titles wrap at a width in pixels. Titles that have a width of their own keep it.
 */
export function wrapTitles(title: unknown, width: number): Fields[] {
  return objectsIn(title).map((one) => {
    const style = isObject(one.textStyle) ? one.textStyle : {};
    const lineHeight = (typeof style.fontSize === 'number' ? style.fontSize : 18) * 1.3;
    return { ...one, textStyle: { width, overflow: 'break', lineHeight, ...style } };
  });
}

/** Draws tooltips on the canvas instead of writing HTML. */
function useRichText(option: Fields): void {
  const tooltips = objectsIn(option.tooltip);
  for (const tooltip of tooltips) tooltip.renderMode = 'richText';
}
