/** The element of the page with this id, or null. `T` is the type that the page's HTML gives it. */
export function elementById<T extends HTMLElement = HTMLElement>(id: string): T | null {
  return document.getElementById(id) as T | null;
}
