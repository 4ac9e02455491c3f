/** Interface between the script of a figure's page and the scripts that contain the libraries. */

/** Draws one kind of figure. */
export interface Library {
  /**
   * Draws `spec`, any JSON value, into an empty element, with dark colours if `dark`. Throws if it is not a figure.
   */
  draw(spec: unknown, element: HTMLElement, dark: boolean): Promise<DrawnFigure>;
}

export interface DrawnFigure {
  /** Notes for the user, for instance about parts that were left out. */
  readonly remarks: readonly string[];
  /** Called when the size of the element has changed. */
  resize?(): void;
  remove(): void;
}

declare global {
  interface Window {
    webpipeFigures?: Library;
  }
}

export type Fields = Record<string, unknown>;

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The colours of the page. */
export function colours(): { fg: string; dim: string; line: string } {
  const style = getComputedStyle(document.documentElement);
  const variable = (name: string): string => style.getPropertyValue(name).trim();
  return { fg: variable('--fg'), dim: variable('--dim'), line: variable('--line') };
}

/** Whether a URL contains the picture itself (`data:`). Other pictures are not loaded. */
export const isDataImage = (url: unknown): boolean => typeof url === 'string' && /^data:image\//i.test(url);
