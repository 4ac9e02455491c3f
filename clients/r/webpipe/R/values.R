# Values: what a value is shown as. Anybody can add a method.

web.show <- function(x, ..., title = NULL) UseMethod("web.show")

# Whatever print() makes of it: text, a picture, or both.
web.show.default <- function(x, ..., title = NULL) {
  show_printed(x, print, titled(title, substitute(x)))
}

# Some values are told best by their summary.
web.show.lm <- function(x, ..., title = NULL) {
  show_printed(x, function(x) print(summary(x)), titled(title, substitute(x)))
}

web.show.nls <- web.show.lm

web.show.list <- function(x, ..., title = NULL) {
  show_printed(x, function(x) utils::str(x), titled(title, substitute(x)))
}

# A table of tests is a data frame, and more than its numbers.
web.show.anova <- web.show.default

# Lines of text, or of anything else that is text: web.show("# Title", type = "md").
web.show.character <- function(x, ..., title = NULL, type = "txt") {
  told(show_text(as.vector(x), type, titled(title, substitute(x))))
}

web.show.function <- function(x, ..., title = NULL) {
  told(show_text(printed(x, function(x) print(x)), "r", titled(title, substitute(x))))
}

web.show.data.frame <- function(x, ..., title = NULL) {
  told(show_table(as.data.frame(x), "rowname", titled(title, substitute(x))))
}

web.show.matrix <- function(x, ..., title = NULL) {
  frame <- as.data.frame(unclass(x), stringsAsFactors = FALSE)
  told(show_table(frame, "rowname", titled(title, substitute(x))))
}

# As it is printed where it has two dimensions, else a line for each count.
web.show.table <- function(x, ..., title = NULL) {
  title <- titled(title, substitute(x))
  # summary() calls a layout of text a table.
  if (!is.numeric(x)) return(show_printed(x, print, title))
  if (length(dim(x)) != 2L) return(told(show_table(as.data.frame(x, stringsAsFactors = FALSE), "rowname", title)))
  names <- names(dimnames(x))
  if (is.null(names)) names <- c("", "")
  names[!nzchar(names)] <- c("Var1", "Var2")[!nzchar(names)]
  frame <- as.data.frame.matrix(x)
  # Not "3" and "4": the head of a table is told from its body by not being numbers.
  names(frame) <- paste0(names[2L], "=", names(frame))
  told(show_table(frame, names[1L], title))
}

web.show.ggplot <- function(x, ..., title = NULL, png.args = list()) {
  title <- titled(title, substitute(x))
  told(show_picture(png_kind(png.args), function(device) draw_value(x), title))
}

web.show.trellis <- web.show.ggplot

web.show.grob <- web.show.ggplot

web.show.recordedplot <- web.show.ggplot

show_text <- function(lines, type, title) {
  folder <- new_folder()
  on.exit(unlink(folder, recursive = TRUE))
  path <- file.path(folder, file_name(title, type))
  lines[is.na(lines)] <- "NA"
  # Binary, so that no locale is between the bytes and the file.
  out <- file(path, "wb")
  tryCatch(writeLines(utf8_bytes(lines), out, useBytes = TRUE), finally = close(out))
  show_file(path, type, title)
}

# The lines that `show(x)` prints.
printed <- function(x, show) {
  # About as many columns as the page has; colours are for terminals.
  old <- options(width = 110L, crayon.enabled = FALSE, cli.num_colors = 1L)
  on.exit(options(old))
  utils::capture.output(show(x))
}

# Shows what `show(x)` prints and what it draws: some objects draw themselves when they are printed.
show_printed <- function(x, show, title) {
  lines <- character()
  folder <- new_folder()
  on.exit(unlink(folder, recursive = TRUE))
  kind <- png_kind(list())
  draw <- function(device) lines <<- printed(x, show)
  # Text needs no device: it is shown also where R cannot draw.
  pages <- tryCatch(draw_pages(kind, folder, draw), webpipe_error = function(e) {
    draw()
    character()
  })
  said <- which(nzchar(trimws(lines)))
  text <- if (length(said)) show_text(lines[min(said):max(said)], "txt", title)
  if (!length(said) && !length(pages)) fail("web.show: print() gives nothing for it; show its str() or its parts")
  told(c(text, show_pages(pages, kind, title)))
}

# Shows a data frame as CSV, with the names of its rows if somebody has given them any: they are not numbers then.
show_table <- function(frame, corner, title) {
  if (!length(frame)) return(show_text(printed(frame, print), "txt", title))
  columns <- lapply(frame, plain_column)
  rows <- attr(frame, "row.names")
  if (is.character(rows)) columns <- c(structure(list(utf8_bytes(rows)), names = corner), columns)
  names(columns) <- utf8_bytes(names(columns))
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

# A column that write.table() can write, its text in UTF-8.
plain_column <- function(column) {
  if (is.factor(column)) column <- as.character(column)
  if (is.character(column)) return(utf8_bytes(column))
  if (!is.list(column) || is.object(column)) return(column)
  utf8_bytes(vapply(column, FUN.VALUE = "", USE.NAMES = FALSE, function(cell) {
    if (is.null(cell)) NA_character_ else if (is.atomic(cell)) toString(cell) else paste0("<", class(cell)[1L], ">")
  }))
}
