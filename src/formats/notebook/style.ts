/** Style of a notebook, in addition to the styles of Markdown, source code and terminal output. */
export const NOTEBOOK_STYLE = `main{max-width:64rem}.bar label{flex:none;font-size:12.5px;color:var(--dim)}.bar input{margin:0 4px 0 0;vertical-align:-2px}
.cell{position:relative;padding-left:52px;margin:0 0 14px}.cell>:last-child,.out>:last-child{margin-bottom:0}.text>:first-child{margin-top:0}.text{max-width:52rem}
.number{position:absolute;left:0;width:44px;top:10px;text-align:right;font:12px/1.6 var(--mono);color:var(--dim)}
.source{margin:0 0 8px;border:1px solid var(--line)}.out{overflow-x:auto}.out pre{background:none;padding:2px 12px;margin:0 0 8px;white-space:pre-wrap}.out pre.error{background:color-mix(in srgb,var(--bad) 9%,transparent);padding:8px 12px}
.out img{display:block;max-width:100%;height:auto;background:#fff;border-radius:4px;margin:0 0 8px}.out table{font-size:13px}.out td,.out th{padding:3px 9px;text-align:right}.out th:first-child{text-align:left}
body:has(#code:not(:checked)) .source,body:has(#code:not(:checked)) .number{display:none}
@media(max-width:600px){.cell{padding-left:0}.number{position:static;width:auto;text-align:left}}`;
