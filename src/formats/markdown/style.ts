/** Style of a Markdown document. Wide tables and code scroll by themselves. */
export const STYLE = `main{max-width:52rem;font-size:15px;line-height:1.6}
main>:first-child,.meta+h1{margin-top:0}main>:last-child{margin-bottom:0}
h1,h2,h3,h4,h5,h6{line-height:1.25;margin:1.5em 0 .6em;font-weight:600}h1{font-size:1.8em}h2{font-size:1.4em}h3{font-size:1.17em}h4,h5,h6{font-size:1em}h6{color:var(--dim)}
h1,h2{padding-bottom:.25em;border-bottom:1px solid var(--line)}
p,ul,ol,dl,pre,table,blockquote,details{margin:0 0 1em}summary{color:inherit;font-size:inherit}ul,ol{padding-left:1.7em}li+li{margin-top:.2em}li>p{margin:.5em 0}li>ul,li>ol{margin:.2em 0}
code{background:var(--soft);border-radius:4px;padding:.1em .35em;font-size:.88em}
pre{background:var(--soft);border-radius:6px;padding:10px 12px;overflow-x:auto;white-space:pre}pre code{background:none;padding:0;font-size:13px}
blockquote{padding:0 1em;border-left:4px solid var(--line);color:var(--dim)}
table{display:block;max-width:100%;width:max-content;overflow-x:auto;border-collapse:collapse;overflow-wrap:normal}
th,td{border:1px solid var(--line);padding:4px 11px}th{background:var(--soft);text-align:left}
img{max-width:100%;height:auto}hr{border:0;border-top:1px solid var(--line);margin:1.5em 0}
.tasks{list-style:none;padding-left:.4em}.tasks input{margin:0 .5em 0 0;vertical-align:middle}
.unavailable{color:var(--dim);border:1px dashed var(--line);border-radius:4px;padding:0 .4em;font-size:.88em}a:not([href]){color:inherit}
.footnotes{font-size:.88em;color:var(--dim)}.footnotes-sep{margin:2em 0 1em}.footnote-ref{font-size:.75em;line-height:0}
.alert{border-left-color:var(--accent);color:inherit}.alert strong:first-child{display:block;color:var(--accent)}
.alert-warning,.alert-caution{border-left-color:var(--warn)}.alert-warning strong:first-child,.alert-caution strong:first-child{color:var(--warn)}
.math .katex-display{margin:.2em 0}.math .katex{font-size:1.12em}div.math{overflow-x:auto;overflow-y:hidden;margin:0 0 1em}.diagram{margin:0 0 1em;overflow-x:auto}.diagram svg{display:block;max-width:100%;height:auto;margin:auto}
.meta{color:var(--dim);font-size:.88em}`;
