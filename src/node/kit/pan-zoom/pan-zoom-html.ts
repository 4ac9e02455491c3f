/** A drawing in a scrollable box with zoom buttons. Its script is `src/web/kit/pan-zoom/client.ts`. */

export const PAN_ZOOM_STYLE = `
.stage{overflow:auto;max-height:80vh;border:1px solid var(--line);border-radius:6px;padding:8px;cursor:grab}
.alone .stage{max-height:calc(100vh - 70px)}.stage.drag{cursor:grabbing;user-select:none}
.stage>svg,.stage>img{display:block;margin:auto;max-width:100%;height:auto}.stage.sized>svg,.stage.sized>img{max-width:none}
.stage svg text:not([fill]){fill:currentColor}.stage svg a text{fill:var(--accent);text-decoration:underline}
.stage.paper svg a text{fill:#0b62c4}
.stage svg text[font-family=Helvetica]{font-family:Helvetica,Arial,"Liberation Sans",sans-serif}
.stage.paper{background:#fff;color:#000}`;

/**
 * @param drawing an `svg` or `img` element
 * @param note HTML beside the buttons
 * @param paper whether the drawing needs a white background
 */
export function panZoomHtml(drawing: string, note: string, paper = false): string {
  return (
    `<div class="bar"><span class="note">${note}</span><span class="zoom" id="zoom" hidden>` +
    `<button id="smaller" aria-label="Smaller">−</button><button id="larger" aria-label="Larger">+</button>` +
    `<button id="fit">Fit</button><button id="actual">1:1</button></span></div>` +
    `<div class="stage${paper ? ' paper' : ''}">${drawing}</div>`
  );
}
