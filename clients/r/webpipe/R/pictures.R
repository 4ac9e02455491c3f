# Pictures: what plots is run in a device that writes files, and the files are shown.

# A kind of picture: `open(folder)` opens its device, which writes pages to the folder, named by their number.
png_kind <- function(args) {
  # Pixels for fine screens, text that is easy to read where the picture is as wide as the scroll, and a shape that is
  # seen as a whole there.
  all <- merged(list(width = 1600, height = 800, res = 144), getOption("webpipe.png.args"), args)
  # dev.new(width = 7) means inches.
  if (is.null(all$units)) {
    for (side in c("width", "height")) if (isTRUE(all[[side]] < 50)) all[[side]] <- all[[side]] * all$res
  }
  # Where there is no display, only cairo draws.
  if (is.null(all$type) && capabilities("cairo")) all$type <- "cairo"
  device_kind("web.png", grDevices::png, all, "%05d.png", "Rplot.png", "Rplot.png")
}

svg_kind <- function(args) {
  all <- merged(list(width = 11, height = 5.5), getOption("webpipe.svg.args"), args)
  if (!capabilities("cairo")) fail("web.svg: this R can make no SVG, since it has no cairo; use web.png")
  device_kind("web.svg", grDevices::svg, all, "%05d.svg", "svg", "svg")
}

pdf_kind <- function(args) {
  all <- merged(list(width = 11, height = 5.5), getOption("webpipe.pdf.args"), args)
  device_kind("web.pdf", grDevices::pdf, all, "00001.pdf", "pdf", "pdf")
}

device_kind <- function(where, device, args, pattern, type, ending) {
  args <- args[setdiff(names(args), c("file", "filename"))]
  open <- function(folder) {
    # The device takes a % for the number of the page.
    path <- file.path(gsub("%", "%%", folder, fixed = TRUE), pattern)
    tryCatch(
      do.call(device, c(list(path), args)),
      error = function(e) {
        fail(where, ": R cannot draw here: ", conditionMessage(e), "; look at capabilities() and the size asked for")
      }
    )
    # The list of what was drawn says whether anything was, and can be drawn again.
    grDevices::dev.control("enable")
    number <- grDevices::dev.cur()
    list(number = number, entry = device_entry(number))
  }
  list(where = where, open = open, type = type, ending = ending)
}

merged <- function(...) {
  all <- list()
  for (args in list(...)) for (name in names(args)) all[[name]] <- args[[name]]
  all
}

# What R says of the device with a number: for one that writes files also to where, so that it cannot be mistaken.
device_entry <- function(number) {
  devices <- get(".Devices", envir = baseenv())
  if (number > length(devices)) NULL else devices[[number]]
}

is_open <- function(device) !is.null(device) && identical(device_entry(device$number), device$entry)

# Makes the device with a number the current one, if it is there.
return_to <- function(number) if (number %in% grDevices::dev.list()) grDevices::dev.set(number)

# Whether anything has been drawn in a device that we have opened.
has_drawn <- function(device) {
  !is_open(device) || grDevices::dev.cur() != device$number || !is.null(grDevices::recordPlot()[[1L]])
}

# Runs `draw(device)` in a new device that writes to `folder`, and closes it whatever happens; the device that was
# current before is so again. Gives the files, one a page.
draw_pages <- function(kind, folder, draw) {
  before <- grDevices::dev.cur()
  device <- kind$open(folder)
  on.exit({
    if (is_open(device)) grDevices::dev.off(device$number)
    return_to(before)
  })
  draw(device)
  if (is_open(device)) grDevices::dev.off(device$number)
  sort(list.files(folder, "^[0-9]+\\.", full.names = TRUE))
}

# Draws, and shows each page. `title` is asked for when all is drawn.
show_picture <- function(kind, draw, title) {
  folder <- new_folder()
  on.exit(unlink(folder, recursive = TRUE))
  drawn <- FALSE
  pages <- draw_pages(kind, folder, function(device) {
    draw(device)
    drawn <<- has_drawn(device)
  })
  # A PDF without pages is a file, too.
  if (!drawn || !length(pages)) {
    fail(kind$where, ": nothing was drawn; give it a function or an expression that plots")
  }
  show_pages(pages, kind, title)
}

# Shows the files of pages, under names made of their title. Gives the addresses.
show_pages <- function(pages, kind, title) {
  titles <- numbered(title, length(pages))
  urls <- character()
  for (i in seq_along(pages)) urls <- c(urls, show_file(named_page(pages[i], kind, titles[i]), kind$type, titles[i]))
  urls
}

# Gives a page the name that it is shown under, in a folder of its own.
named_page <- function(page, kind, title) {
  folder <- sub("\\.[a-z]+$", "", page)
  dir.create(folder)
  file <- file.path(folder, file_name(title, kind$ending))
  file.rename(page, file)
  file
}

# Draws a value: pictures as objects draw themselves, for all else there is plot().
draw_value <- function(value, otherwise) {
  if (inherits(value, "recordedplot")) {
    grDevices::replayPlot(value)
  } else if (inherits(value, c("ggplot", "trellis"))) {
    print(value)
  } else if (inherits(value, c("grob", "gtable"))) {
    grid::grid.newpage()
    grid::grid.draw(value)
  } else {
    otherwise()
  }
}

# `f` with the environment `home`: what it calls sees the variables of whoever called us, as without us. Functions that
# take a formula and its data look there.
at_home <- function(f, home) {
  environment(f) <- home
  f
}

# The whole of web.png and its like. `.f` is not looked at before the device is open: it may be what draws; `.expr` is
# how it was typed. The names begin with a dot since `...` may have any other.
draw_and_show <- function(.kind, .f, ..., .expr, .title) {
  home <- parent.frame(2L) # where web.png was called
  args <- as.list(substitute(list(...)))[-1L]
  called <- FALSE
  typed <- function() if (called && !is_function_expr(.expr)) as.call(c(.expr, args)) else .expr
  draw <- function(device) {
    value <- .f
    if (is.function(value)) {
      called <<- TRUE
      value <- at_home(function(.f, ...) .f(...), home)(value, ...)
    }
    if (is.null(value) || has_drawn(device)) return()
    draw_value(value, function() {
      # plot() labels the axes with the name of what it is given.
      name <- call_text(typed())
      place <- list2env(structure(list(value), names = name), parent = home)
      plot_it <- as.function(c(alist(... = ), call("plot", as.name(name), quote(...))), place)
      if (called) plot_it() else plot_it(...)
    })
  }
  told(show_picture(.kind, draw, titled(.title, typed())))
}

web.png <- function(f, ..., title = NULL, png.args = list()) {
  draw_and_show(png_kind(png.args), f, ..., .expr = substitute(f), .title = title)
}

web.svg <- function(f, ..., title = NULL, svg.args = list()) {
  draw_and_show(svg_kind(svg.args), f, ..., .expr = substitute(f), .title = title)
}

web.pdf <- function(f, ..., title = NULL, pdf.args = list()) {
  draw_and_show(pdf_kind(pdf.args), f, ..., .expr = substitute(f), .title = title)
}

# The functions themselves are found where the caller would find them: packages bring a plot() of their own.
web.plot <- function(..., title = NULL, png.args = list()) {
  plots <- at_home(function(...) plot(...), parent.frame())
  draw_and_show(png_kind(png.args), plots, ..., .expr = quote(plot), .title = title)
}

web.hist <- function(..., title = NULL, png.args = list()) {
  plots <- at_home(function(...) hist(...), parent.frame())
  draw_and_show(png_kind(png.args), plots, ..., .expr = quote(hist), .title = title)
}
