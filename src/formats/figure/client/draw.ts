/** What the script of a figure's page and the libraries, each a script of its own, have to do with each other. */

/** Draws one kind of figure. */
export interface Library {
  /**
   * Draws `spec`, which is anything that a JSON text can say, into an empty element; `dark` if the page is dark.
   * Throws where it is no figure.
   */
  draw(spec: unknown, element: HTMLElement, dark: boolean): Promise<Drawn>;
}

export interface Drawn {
  /** What a reader should know: what was left out, and why. */
  readonly remarks: readonly string[];
  /** The element has another size. */
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
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return { fg: of('--fg'), dim: of('--dim'), line: of('--line') };
}

/** Pictures within the text itself are the only ones that are shown. */
export const isInside = (url: unknown): boolean => typeof url === 'string' && /^data:image\//i.test(url);
