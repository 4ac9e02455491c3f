# Plots: code that plots is run with a device that writes files, and the files are shown.

# An image format. `open(folder)` opens its device, which writes pages to the folder, named by their number.
png_format <- function(args) {
  # Enough pixels for high-resolution screens, readable text when the image is as wide as the scroll, and low enough to
  # be visible without scrolling.
  all <- merge_args(list(width = 1600, height = 800, res = 144), getOption("webpipe.png.args"), args)
  # dev.new(width = 7) passes inches.
  if (is.null(all$units)) {
    for (side in c("width", "height")) if (isTRUE(all[[side]] < 50)) all[[side]] <- all[[side]] * all$res
  }
  # Without a display only the cairo type works.
  if (is.null(all$type) && capabilities("cairo")) all$type <- "cairo"
  device_format("web.png", grDevices::png, all, "%05d.png", "Rplot.png", "Rplot.png")
}

svg_format <- function(args) {
  all <- merge_args(list(width = 11, height = 5.5), getOption("webpipe.svg.args"), args)
  if (!capabilities("cairo")) fail("web.svg: this R was built without cairo and cannot write SVG; use web.png")
  device_format("web.svg", grDevices::svg, all, "%05d.svg", "svg", "svg")
}

pdf_format <- function(args) {
  all <- merge_args(list(width = 11, height = 5.5), getOption("webpipe.pdf.args"), args)
  device_format("web.pdf", grDevices::pdf, all, "00001.pdf", "pdf", "pdf")
}

device_format <- function(where, device, args, pattern, type, ending) {
  args <- args[setdiff(names(args), c("file", "filename"))]
  open <- function(folder) {
    # The device replaces % by the number of the page.
    path <- file.path(gsub("%", "%%", folder, fixed = TRUE), pattern)
    tryCatch(
      do.call(device, c(list(path), args)),
      error = function(e) {
        fail(where, ": R cannot draw here: ", conditionMessage(e), "; check capabilities() and the requested size")
      }
    )
    # Record the drawing steps, to know whether anything was drawn and to draw it again.
    grDevices::dev.control("enable")
    number <- grDevices::dev.cur()
    list(number = number, entry = device_entry(number))
  }
  list(where = where, open = open, type = type, ending = ending)
}

merge_args <- function(...) {
  all <- list()
  for (args in list(...)) for (name in names(args)) all[[name]] <- args[[name]]
  all
}

# R's description of the device with a number. For a device that writes files it contains the path, so it is unique.
device_entry <- function(number) {
  devices <- get(".Devices", envir = baseenv())
  if (number > length(devices)) NULL else devices[[number]]
}

is_open <- function(device) !is.null(device) && identical(device_entry(device$number), device$entry)

# Makes the device with a number the current one, if it is still open.
restore_device <- function(number) if (number %in% grDevices::dev.list()) grDevices::dev.set(number)

# Whether anything has been drawn on a device opened by this package.
has_drawn <- function(device) {
  !is_open(device) || grDevices::dev.cur() != device$number || !is.null(grDevices::recordPlot()[[1L]])
}

# Runs `draw(device)` with a new device that writes to `folder`, then closes it and restores the current device, also
# after an error. Returns the files, one per page.
draw_pages <- function(format, folder, draw) {
  before <- grDevices::dev.cur()
  device <- format$open(folder)
  on.exit({
    if (is_open(device)) grDevices::dev.off(device$number)
    restore_device(before)
  })
  draw(device)
  if (is_open(device)) grDevices::dev.off(device$number)
  sort(list.files(folder, "^[0-9]+\\.", full.names = TRUE))
}

# Draws and shows each page. `title` is evaluated lazily, after drawing.
show_plot <- function(format, draw, title) {
  folder <- new_folder()
  on.exit(unlink(folder, recursive = TRUE))
  drawn <- FALSE
  pages <- draw_pages(format, folder, function(device) {
    draw(device)
    drawn <<- has_drawn(device)
  })
  # A PDF device writes a file even without pages.
  if (!drawn || !length(pages)) {
    fail(format$where, ": nothing was drawn; give it a function or an expression that plots")
  }
  show_pages(pages, format, title)
}

# Shows the files of pages, with names made from their titles. Returns the addresses.
show_pages <- function(pages, format, title) {
  titles <- page_titles(title, length(pages))
  urls <- character()
  for (i in seq_along(pages)) {
    file <- rename_page(pages[i], format, titles[i])
    urls <- c(urls, show_file(file, format$type, titles[i]))
  }
  urls
}

# Moves a page into a folder of its own, with a name made from its title. Returns the path.
rename_page <- function(page, format, title) {
  folder <- sub("\\.[a-z]+$", "", page)
  dir.create(folder)
  file <- file.path(folder, file_name(title, format$ending))
  file.rename(page, file)
  file
}

# Draws a value that can draw itself; calls `fallback` for all others.
draw_value <- function(value, fallback) {
  if (inherits(value, "recordedplot")) {
    grDevices::replayPlot(value)
  } else if (inherits(value, c("ggplot", "trellis"))) {
    print(value)
  } else if (inherits(value, c("grob", "gtable"))) {
    grid::grid.newpage()
    grid::grid.draw(value)
  } else {
    fallback()
  }
}

# Returns `f` with another environment: the caller's. Functions that take a formula look up variables there, so they
# find the same ones as without this package.
with_environment <- function(f, caller_env) {
  environment(f) <- caller_env
  f
}

# The common part of web.png() and the like. `.f` is evaluated only after the device was opened, because it may be the
# expression that draws; `.expr` is its source. The names begin with a dot because `...` may contain any other name.
draw_and_show <- function(.format, .f, ..., .expr, .title) {
  caller_env <- parent.frame(2L) # where web.png was called
  args <- as.list(substitute(list(...)))[-1L]
  called <- FALSE
  typed_call <- function() if (called && !is_function_expr(.expr)) as.call(c(.expr, args)) else .expr
  draw <- function(device) {
    value <- .f
    if (is.function(value)) {
      called <<- TRUE
      value <- with_environment(function(.f, ...) .f(...), caller_env)(value, ...)
    }
    if (is.null(value) || has_drawn(device)) return()
    draw_value(value, function() {
      # plot() labels the axes with the name of its argument.
      name <- source_text(typed_call())
      env <- list2env(structure(list(value), names = name), parent = caller_env)
      plot_it <- as.function(c(alist(... = ), call("plot", as.name(name), quote(...))), env)
      if (called) plot_it() else plot_it(...)
    })
  }
  report_urls(show_plot(.format, draw, title_or_source(.title, typed_call())))
}

web.png <- function(f, ..., title = NULL, png.args = list()) {
  draw_and_show(png_format(png.args), f, ..., .expr = substitute(f), .title = title)
}

web.svg <- function(f, ..., title = NULL, svg.args = list()) {
  draw_and_show(svg_format(svg.args), f, ..., .expr = substitute(f), .title = title)
}

web.pdf <- function(f, ..., title = NULL, pdf.args = list()) {
  draw_and_show(pdf_format(pdf.args), f, ..., .expr = substitute(f), .title = title)
}

# plot() and hist() are looked up in the caller's environment, since packages define their own.
web.plot <- function(..., title = NULL, png.args = list()) {
  plots <- with_environment(function(...) plot(...), parent.frame())
  draw_and_show(png_format(png.args), plots, ..., .expr = quote(plot), .title = title)
}

web.hist <- function(..., title = NULL, png.args = list()) {
  plots <- with_environment(function(...) hist(...), parent.frame())
  draw_and_show(png_format(png.args), plots, ..., .expr = quote(hist), .title = title)
}
