import { type Fields, isDataImage, isObject } from './library.ts';

/** Options that open links, place elements over the page or write HTML. */
const UNSAFE_OPTIONS = new Set([
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
 * Removes options of ECharts that load external pictures, open links or write HTML, and makes tooltips show markup as
 * text. Modifies `option`. Returns remarks for the user.
 */
export function removeUnsafeOptions(option: Fields): string[] {
  const remarks = new Set<string>();
  walk(option, 0);
  // The `renderMode` of these tooltips is inherited by all others.
  const chartOptions = [
    option,
    ...objectsIn(option.baseOption),
    ...objectsIn(option.options),
    ...objectsIn(option.media),
  ];
  for (const part of chartOptions) useRichText(isObject(part.option) ? part.option : part);
  return [...remarks];

  function walk(value: unknown, depth: number): void {
    if (typeof value !== 'object' || value === null) return;
    if (depth > MAX_DEPTH) throw new Error(`it is nested more than ${MAX_DEPTH} levels deep`);
    const fields = value as Fields;
    for (const key of Object.keys(fields)) {
      const part = fields[key];
      if (key === 'dataView') delete fields[key];
      else if (UNSAFE_OPTIONS.has(key) && !isEdge(fields)) delete fields[key];
      else if (typeof part === 'string') {
        if (!isExternalPicture(key, part)) continue;
        delete fields[key];
        remarks.add('external pictures are not loaded');
      } else walk(part, depth + 1);
    }
  }
}

/** Whether an object is an edge of a graph, whose `target` is a node; elsewhere, `target` is that of a link. */
const isEdge = (fields: Fields): boolean => 'source' in fields && 'target' in fields;

/**
 * Whether a text option is the URL of an external picture. Symbols are pictures if their names begin with `image://`.
 */
const isExternalPicture = (key: string, text: string): boolean =>
  /^\s*image:\/\//i.test(text)
    ? !isDataImage(text.replace(/^\s*image:\/\//i, ''))
    : key === 'image' && !isDataImage(text);

/** The objects in a list, or a single object as a list. */
const objectsIn = (value: unknown): Fields[] => (Array.isArray(value) ? value : [value]).filter(isObject);

/** Makes titles wrap at a width in pixels, unless they set a width. */
export function wrapTitles(title: unknown, width: number): Fields[] {
  return objectsIn(title).map((titleOption) => {
    const style = isObject(titleOption.textStyle) ? titleOption.textStyle : {};
    const lineHeight = (typeof style.fontSize === 'number' ? style.fontSize : 18) * 1.3;
    return { ...titleOption, textStyle: { width, overflow: 'break', lineHeight, ...style } };
  });
}

/** Makes tooltips draw on the canvas instead of writing HTML. */
function useRichText(option: Fields): void {
  for (const tooltip of objectsIn(option.tooltip)) tooltip.renderMode = 'richText';
}
