/** Style of a diff. Line numbers and signs are generated content, so copying the text copies only the lines. */
export const DIFF_STYLE = `:root{--plus:#ebf8f0;--minus:#fff1ef;--plus-word:#c9f0d7;--minus-word:#fddad6}
@media(prefers-color-scheme:dark){:root{--plus:#12291d;--minus:#331a1a;--plus-word:#194529;--minus-word:#572624}}
[aria-pressed=true]{border-color:var(--accent);color:var(--accent)}.plus{color:var(--good)}.minus{color:var(--bad)}.plus,.minus{font:12.5px var(--mono)}
.files{margin:0 0 12px;padding:6px 12px;list-style:none;border:1px solid var(--line);border-radius:6px;max-height:16em;overflow-y:auto;font-size:13px}.files a{text-decoration:none}.files a:hover{text-decoration:underline}
.file{border:1px solid var(--line);border-radius:6px;margin:0 0 12px;overflow:hidden}.file summary{background:var(--soft);padding:5px 10px;color:var(--fg);font-size:13px}.file b{font:600 13px var(--mono)}.file>p{margin:6px 12px}
.tag{border:1px solid var(--line);border-radius:4px;padding:0 6px;margin-left:8px;font-size:12px;color:var(--dim)}.around{margin:0 0 12px;color:var(--dim)}
.at{padding:2px 12px;border-top:1px solid var(--line);font:12.5px/1.6 var(--mono);color:var(--dim)}
.hunk{font:13px/1.45 var(--mono);white-space:pre-wrap;tab-size:8}.hunk div{position:relative;padding-left:15ch;min-height:1.45em}
.hunk div::before,.hunk div::after{position:absolute;top:0;color:var(--dim);text-align:right}.hunk div::before{left:0;width:5.5ch}.hunk div::after{left:5.5ch;width:8ch;white-space:pre}
.c{counter-increment:o n}.o{counter-increment:o;background:var(--minus)}.n{counter-increment:n;background:var(--plus)}
.c::before,.o::before{content:counter(o)}.c::after{content:counter(n) "  "}.n::after{content:counter(n) " +"}.o::after{content:"−"}
.hunk mark{color:inherit;border-radius:2px}.o mark{background:var(--minus-word)}.n mark{background:var(--plus-word)}.hunk i::after{content:"no line end";color:var(--dim);margin-left:12px}
.split .hunk{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr)}.split .hunk div{padding-left:8.5ch}.split .hunk div::before{content:none}.split .hunk div::after{left:0;width:7.5ch}
.split .c::after,.split .o::after{content:counter(o) "  "}.split .o::after{content:counter(o) " −"}.split .copy::after,.split .n::after{content:counter(n) "  "}.split .n::after{content:counter(n) " +"}
.split .hunk .c:not(.copy),.split .hunk .o{border-right:1px solid var(--line)}.copy{counter-increment:none}.hunk:not(.split *) .copy{display:none}
@media(max-width:600px){.hunk div{padding-left:11ch}.hunk div::before{width:4ch}.hunk div::after{left:4ch;width:6ch}}`;
