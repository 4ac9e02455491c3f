/** Style of a mail. */
export const MAIL_STYLE = `main{max-width:56rem}h1{font-size:1.35em;line-height:1.3;margin:0 0 8px}h2{font-size:1em;margin:0 0 4px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 12px;margin:0 0 14px;padding-bottom:12px;border-bottom:1px solid var(--line);font-size:13px}dt{color:var(--dim)}dd{margin:0}
.html img{max-width:100%;height:auto}.html table{max-width:100%}.html blockquote{margin:0 0 0 4px;padding-left:12px;border-left:3px solid var(--line);color:var(--dim)}.html pre{overflow-x:auto}.html summary{color:inherit;font-size:inherit}
.html a:not([href]){color:inherit}.quoted{color:var(--dim)}.unavailable{color:var(--dim);border:1px dashed var(--line);border-radius:4px;padding:0 .4em;font-size:.88em}
section{margin:16px 0 0;padding-top:12px;border-top:1px solid var(--line)}.files{list-style:none;margin:0;padding:0}.files li{margin:4px 0}.files .note{margin:0}.files img{display:block;max-width:240px;max-height:120px;border-radius:4px;background:#fff;margin:4px 0}
details{margin-top:12px}details pre{margin-top:6px}`;
