type Child = Node | string | undefined | false;

/** Creates an element with attributes and children. An attribute that is undefined or false is omitted. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number | boolean | undefined>> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
  return element;
}

/** Sets an attribute only if its value changes: each write makes the browser compute styles. */
export function setAttribute(element: Element, name: string, value: string | number | boolean | undefined): void {
  if (value === undefined || value === false) element.removeAttribute(name);
  else {
    const text = value === true ? '' : String(value);
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}

/** Sets the text of an element only if it changes. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Returns the element of index.html with this id. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no #${id} in the page`);
  return element;
}

const ICONS = {
  first: 'M4 3h8M8 13V6M4.5 9.5 8 6l3.5 3.5',
  previous: 'M8 13V4M4 8l4-4 4 4',
  next: 'M8 3v9M4 8l4 4 4-4',
  last: 'M4 13h8M8 3v7M4.5 6.5 8 10l3.5-3.5',
  help: 'M5.8 6a2.3 2.3 0 1 1 3.4 2c-.8.5-1.2.9-1.2 1.8M8 12.4v.1',
  original: 'M8 2.5v7.5M4.5 7 8 10.5 11.5 7M3 13.5h10',
  alone: 'M9.5 2.5h4v4M13.5 2.5 9 7M6.5 13.5h-4v-4M2.5 13.5 7 9',
  link: 'M6.7 9.3a2.4 2.4 0 0 0 3.5 0l2.3-2.4a2.4 2.4 0 0 0-3.4-3.4L8 4.6M9.3 6.7a2.4 2.4 0 0 0-3.5 0L3.5 9.1a2.4 2.4 0 0 0 3.4 3.4L8 11.4',
  close: 'M4 4l8 8M12 4l-8 8',
  delete: 'M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5M6.8 7v3.5M9.2 7v3.5',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.3 10.3l3.2 3.2',
} as const;
export type IconName = keyof typeof ICONS;

/** Creates an icon: a line drawing of 16 pixels in the colour of the text around it. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  for (const [key, value] of Object.entries({ viewBox: '0 0 16 16', 'aria-hidden': 'true' }))
    svg.setAttribute(key, value);
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}
