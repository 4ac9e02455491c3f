/** CSS of the controls that the page's script adds to a table. */
export const CONTROLS_STYLE = `.tools{display:contents}button[aria-pressed=true]{border-color:var(--accent);color:var(--accent)}
.summary td{height:auto;text-align:left!important;vertical-align:top;padding:4px 10px 6px}
.summary div{min-width:120px;min-height:70px}
.summary p{margin:0;font-size:11.5px;line-height:16px;color:var(--dim);overflow:hidden;text-overflow:ellipsis}
.summary svg{display:block;width:100%;height:34px;fill:var(--accent);margin-bottom:4px}
.summary .word{display:flex;justify-content:space-between;gap:6px;color:var(--fg);margin-bottom:2px;
background:linear-gradient(90deg,color-mix(in srgb,var(--accent) 28%,transparent) var(--part),transparent 0)}
.summary .word span{overflow:hidden;text-overflow:ellipsis;padding-left:3px}
.summary b{font-weight:400;color:var(--dim)}
.chart{border:1px solid var(--line);border-radius:6px;padding:8px 10px;margin-bottom:8px}.chart select{max-width:14em}
.key::before{content:"";display:inline-block;width:10px;height:10px;border-radius:3px;background:var(--colour);
margin-right:5px}
figure{margin:0;display:grid;grid-template-columns:auto 1fr;gap:2px 8px;font-size:12px;color:var(--dim)}
figure svg{width:100%;height:200px;background:var(--soft);border-radius:4px}
figure polyline{fill:none;stroke-width:1.5;vector-effect:non-scaling-stroke}
.axis{display:flex;flex-direction:column;justify-content:space-between;text-align:right}
.below{grid-column:2;display:flex;justify-content:space-between}`;
