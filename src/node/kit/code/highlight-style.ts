/** CSS for the classes that `createHighlighter` puts on tokens, for light and dark pages. */
export const CODE_STYLE = `:root{--hk:#8f3fa8;--ht:#0b7285}@media(prefers-color-scheme:dark){:root{--hk:#d79bf5;--ht:#56c8d8}}
.h-comment,.h-quote{color:var(--dim);font-style:italic}.h-keyword,.h-selector-tag,.h-literal,.h-doctag{color:var(--hk)}
.h-string,.h-regexp,.h-addition,.h-code{color:var(--good)}.h-number,.h-symbol,.h-bullet,.h-link{color:var(--warn)}
.h-title,.h-section,.h-name,.h-selector-id,.h-selector-class{color:var(--accent)}
.h-built_in,.h-type,.h-attr,.h-attribute,.h-variable,.h-template-variable{color:var(--ht)}
.h-meta{color:var(--dim)}.h-deletion{color:var(--bad)}.h-subst{color:var(--fg)}.h-emphasis{font-style:italic}
.h-strong,.h-section{font-weight:600}`;
