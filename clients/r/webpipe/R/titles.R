# Titles: the default title of an entry is the call that made it.

# The source of an expression, on one line and short enough for a title.
source_text <- function(expr) {
  if (is_function_expr(expr)) expr <- expr[[3L]]
  if (is.call(expr) && identical(expr[[1L]], quote(`{`))) {
    parts <- vapply(as.list(expr)[-1L], source_text, "")
    return(shorten(paste(parts, collapse = "; ")))
  }
  lines <- deparse(replace_values(expr), width.cutoff = 500L, backtick = FALSE, nlines = 20L)
  shorten(paste(trimws(lines), collapse = " "))
}

is_function_expr <- function(expr) is.call(expr) && identical(expr[[1L]], quote(`function`))

# The title given by the user, otherwise the source of the expression.
title_or_source <- function(title, expr) if (is.null(title)) source_text(expr) else single_string(title)

shorten <- function(text, limit = 80L) {
  if (nchar(text) <= limit) text else paste0(substr(text, 1L, limit - 1L), "\u2026")
}

# Replaces values in a call by their class: a call made by a program may contain data sets instead of their names.
replace_values <- function(expr) {
  if (is.call(expr)) {
    if (is_function_expr(expr)) return(expr)
    # By index, since an argument may be empty, as in x[1, ].
    parts <- as.list(expr)
    for (i in seq_along(parts)) if (!is.symbol(parts[[i]])) parts[i] <- list(replace_values(parts[[i]]))
    return(as.call(parts))
  }
  if (is.symbol(expr) || is.null(expr) || is.atomic(expr) && length(expr) == 1L && !is.object(expr)) return(expr)
  as.name(paste0("<", class(expr)[1L], ">"))
}

# The call that is drawing: the outermost call on the stack that is not a function of R such as source(), lapply() or
# try(). NULL if the prompt prints a value automatically, since its name is not on the stack.
drawing_call <- function() {
  calls <- sys.calls()
  for (i in seq_along(calls)) {
    head <- calls[[i]][[1L]]
    if (is.function(head)) {
      if (i == 1L) return(NULL) else next
    }
    name <- if (is.symbol(head)) as.character(head) else ""
    if (name == "FUN") next
    if (name == "print" && length(calls[[i]]) > 1L) return(source_text(calls[[i]][[2L]]))
    # eval() is on the stack twice, once without the environment of a base function.
    is_base <- name == "eval" || identical(environment(sys.function(i)), .BaseNamespaceEnv)
    if (is_base && name != "plot") next
    return(source_text(calls[[i]]))
  }
  NULL
}

# The titles of `count` pages: "title", or "title (1 of 3)" and so on.
page_titles <- function(title, count) {
  if (count == 1L) title else sprintf("%s (%d of %d)", title, seq_len(count), count)
}
