# What an entry is called: the call that made it.

# The text of an expression as somebody could have typed it, on one line and not too long for a title.
call_text <- function(expr) {
  if (is_function_expr(expr)) expr <- expr[[3L]]
  if (is.call(expr) && identical(expr[[1L]], quote(`{`))) {
    parts <- vapply(as.list(expr)[-1L], call_text, "")
    return(shorten(paste(parts, collapse = "; ")))
  }
  lines <- deparse(without_values(expr), width.cutoff = 500L, backtick = FALSE, nlines = 20L)
  shorten(paste(trimws(lines), collapse = " "))
}

is_function_expr <- function(expr) is.call(expr) && identical(expr[[1L]], quote(`function`))

# The title that was asked for, else the text of what was shown.
titled <- function(title, expr) if (is.null(title)) call_text(expr) else one_text(title)

shorten <- function(text, limit = 80L) {
  if (nchar(text) <= limit) text else paste0(substr(text, 1L, limit - 1L), "\u2026")
}

# A call that was made by a program may hold whole data sets in place of their names.
without_values <- function(expr) {
  if (is.call(expr)) {
    if (is_function_expr(expr)) return(expr)
    # By index, since an argument may be empty, as in x[1, ].
    parts <- as.list(expr)
    for (i in seq_along(parts)) if (!is.symbol(parts[[i]])) parts[i] <- list(without_values(parts[[i]]))
    return(as.call(parts))
  }
  if (is.symbol(expr) || is.null(expr) || is.atomic(expr) && length(expr) == 1L && !is.object(expr)) return(expr)
  as.name(paste0("<", class(expr)[1L], ">"))
}

# The call that draws, seen from where it draws: the outermost on the stack that is not R's own way to it, as source(),
# lapply() and try() are. NULL where the prompt itself prints a value, whose name is not on the stack.
drawing_call <- function() {
  calls <- sys.calls()
  for (i in seq_along(calls)) {
    head <- calls[[i]][[1L]]
    if (is.function(head)) {
      if (i == 1L) return(NULL) else next
    }
    name <- if (is.symbol(head)) as.character(head) else ""
    if (name == "FUN") next
    if (name == "print" && length(calls[[i]]) > 1L) return(call_text(calls[[i]][[2L]]))
    # eval() is on the stack twice, once as no function of R's.
    own <- name == "eval" || identical(environment(sys.function(i)), .BaseNamespaceEnv)
    if (own && name != "plot") next
    return(call_text(calls[[i]]))
  }
  NULL
}

# "title", or "title (1 of 3)" and so on.
numbered <- function(title, count) {
  if (count == 1L) title else sprintf("%s (%d of %d)", title, seq_len(count), count)
}
