/** The interface between the script of a figure's page and the scripts that contain the drawing libraries. */

/** A drawing library. */
export interface Library {
  /**
   * Draws a figure into an empty element, in dark colours if `isDark`. `spec` is any JSON value. Rejects if it is not a
   * figure of this library.
   */
  draw(spec: unknown, element: HTMLElement, isDark: boolean): Promise<DrawnFigure>;
}

export interface DrawnFigure {
  /** Notes for the user, for instance about parts that were left out. */
  readonly remarks: readonly string[];
  /** Called when the size of the element has changed. */
  resize?(): void;
  /** Frees what the library holds. The element is emptied by the caller. */
  remove(): void;
}

declare global {
  interface Window {
    webpipeFigures?: Library;
  }
}

/** A JSON object. */
export type Fields = Record<string, unknown>;

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The colours of the page as CSS: of text, of secondary text and of lines. */
export function colours(): { fg: string; dim: string; line: string } {
  const style = getComputedStyle(document.documentElement);
  const variable = (name: string): string => style.getPropertyValue(name).trim();
  return { fg: variable('--fg'), dim: variable('--dim'), line: variable('--line') };
}

/** Whether a URL contains the picture (`data:`). Other pictures are external and are not loaded. */
export const isDataImage = (url: unknown): boolean => typeof url === 'string' && /^data:image\//i.test(url);
