/** Types for the part of Plotly that is used; its package has none. */
declare module 'plotly.js-cartesian-dist-min' {
  interface Figure {
    readonly data: readonly object[];
    readonly layout: object;
    readonly frames?: readonly unknown[];
    readonly config: object;
  }
  const Plotly: {
    newPlot(element: HTMLElement, figure: Figure): Promise<HTMLElement>;
    purge(element: HTMLElement): void;
    readonly Plots: { resize(element: HTMLElement): Promise<void> };
    readonly PlotSchema: { get(): { readonly traces: Readonly<Record<string, unknown>> } };
  };
  export default Plotly;
}
