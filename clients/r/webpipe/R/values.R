# Values: how each class of values is shown. Other packages can add methods.

web.show <- function(x, ..., title = NULL) UseMethod("web.show")

# The output of print(): text, a plot, or both.
web.show.default <- function(x, ..., title = NULL) {
  show_printed(x, print, title_or_source(title, substitute(x)))
}

# The summary of a model is more useful than what print() prints.
web.show.lm <- function(x, ..., title = NULL) {
  show_printed(x, function(x) print(summary(x)), title_or_source(title, substitute(x)))
}

web.show.nls <- web.show.lm

web.show.list <- function(x, ..., title = NULL) {
  show_printed(x, function(x) utils::str(x), title_or_source(title, substitute(x)))
}

# An anova table is a data frame, but print() adds a heading.
web.show.anova <- web.show.default

# Lines of text, of any type: web.show("# Title", type = "md").
web.show.character <- function(x, ..., title = NULL, type = "txt") {
  report_urls(show_text(as.vector(x), type, title_or_source(title, substitute(x))))
}

web.show.function <- function(x, ..., title = NULL) {
  report_urls(show_text(printed_lines(x, function(x) print(x)), "r", title_or_source(title, substitute(x))))
}

web.show.data.frame <- function(x, ..., title = NULL) {
  report_urls(show_table(as.data.frame(x), "rowname", title_or_source(title, substitute(x))))
}

web.show.matrix <- function(x, ..., title = NULL) {
  frame <- as.data.frame(unclass(x), stringsAsFactors = FALSE)
  report_urls(show_table(frame, "rowname", title_or_source(title, substitute(x))))
}

# A table with two dimensions keeps its layout; others have one row per count.
web.show.table <- function(x, ..., title = NULL) {
  title <- title_or_source(title, substitute(x))
  # summary() returns text with class "table".
  if (!is.numeric(x)) return(show_printed(x, print, title))
  if (length(dim(x)) != 2L) {
    counts <- as.data.frame(x, stringsAsFactors = FALSE)
    return(report_urls(show_table(counts, "rowname", title)))
  }
  names <- names(dimnames(x))
  if (is.null(names)) names <- c("", "")
  names[!nzchar(names)] <- c("Var1", "Var2")[!nzchar(names)]
  frame <- as.data.frame.matrix(x)
  # "gear=3" instead of "3": the viewer takes a first line of numbers for data, not for a header.
  names(frame) <- paste0(names[2L], "=", names(frame))
  report_urls(show_table(frame, names[1L], title))
}

web.show.ggplot <- function(x, ..., title = NULL, png.args = list()) {
  title <- title_or_source(title, substitute(x))
  report_urls(show_plot(png_format(png.args), function(device) draw_value(x), title))
}

web.show.trellis <- web.show.ggplot

web.show.grob <- web.show.ggplot

web.show.recordedplot <- web.show.ggplot

show_text <- function(lines, type, title) {
  folder <- new_folder()
  on.exit(unlink(folder, recursive = TRUE))
  path <- file.path(folder, file_name(title, type))
  lines[is.na(lines)] <- "NA"
  # Binary mode, so that R does not convert the encoding.
  out <- file(path, "wb")
  tryCatch(writeLines(as_utf8(lines), out, useBytes = TRUE), finally = close(out))
  show_file(path, type, title)
}

# The lines that `show(x)` prints.
printed_lines <- function(x, show) {
  # About as wide as the page, and without the colours for terminals.
  old <- options(width = 110L, crayon.enabled = FALSE, cli.num_colors = 1L)
  on.exit(options(old))
  utils::capture.output(show(x))
}

# Shows what `show(x)` prints and what it draws, since some objects draw themselves when they are printed.
show_printed <- function(x, show, title) {
  lines <- character()
  folder <- new_folder()
  on.exit(unlink(folder, recursive = TRUE))
  format <- png_format(list())
  draw <- function(device) lines <<- printed_lines(x, show)
  # If R cannot open a device, show the text alone.
  pages <- tryCatch(draw_pages(format, folder, draw), webpipe_error = function(e) {
    draw()
    character()
  })
  nonblank <- which(nzchar(trimws(lines)))
  text <- if (length(nonblank)) show_text(lines[min(nonblank):max(nonblank)], "txt", title)
  if (!length(nonblank) && !length(pages)) fail("web.show: print() prints nothing; show its str() or its parts")
  report_urls(c(text, show_pages(pages, format, title)))
}

# Shows a data frame as CSV. Row names are included if they are text; the default ones are numbers.
show_table <- function(frame, corner, title) {
  if (!length(frame)) return(show_text(printed_lines(frame, print), "txt", title))
  columns <- lapply(frame, plain_column)
  rows <- attr(frame, "row.names")
  if (is.character(rows)) columns <- c(structure(list(as_utf8(rows)), names = corner), columns)
  names(columns) <- as_utf8(names(columns))
  folder <- new_folder()
  on.exit(unlink(folder, recursive = TRUE))
  path <- file.path(folder, file_name(title, "csv"))
  # 100000 and not 1e+05.
  old <- options(scipen = 15L)
  on.exit(options(old), add = TRUE)
  plain <- structure(columns, class = "data.frame", row.names = .set_row_names(nrow(frame)))
  utils::write.table(plain, path, sep = ",", qmethod = "double", row.names = FALSE)
  show_file(path, "csv", title)
}

# Converts a column to one that write.table() can write, with text in UTF-8.
plain_column <- function(column) {
  if (is.factor(column)) column <- as.character(column)
  if (is.character(column)) return(as_utf8(column))
  if (!is.list(column) || is.object(column)) return(column)
  as_utf8(vapply(column, FUN.VALUE = "", USE.NAMES = FALSE, function(cell) {
    if (is.null(cell)) NA_character_ else if (is.atomic(cell)) toString(cell) else paste0("<", class(cell)[1L], ">")
  }))
}
