# web.device() shows ordinary plots automatically. The device is a png() device, which writes a file for each page when
# the page is complete, that is, when the next page begins or the device is closed. These files are shown. At the
# prompt, a copy of the page is also drawn and shown after each line that has drawn something.

# The state of the device. There is at most one per session.
state <- new.env(parent = emptyenv())
state$active <- FALSE # opened by web.device() and not yet cleaned up
state$has_callback <- FALSE # after_expression() is registered
state$pending <- list() # images that have not been shown yet, oldest first

web.device <- function(..., defer = !interactive()) {
  if (is_active() && is_open(state$device)) {
    grDevices::dev.set(state$device$number)
    return(invisible())
  }
  # It was closed by dev.off() and has not been cleaned up yet.
  if (is_active()) clean_up()
  # Fail now rather than at the first plot if there is no command.
  show_command()
  state$format <- png_format(list(...))
  state$folder <- new_folder()
  if (!identical(state$pid, Sys.getpid())) state$pending <- list()
  state$pid <- Sys.getpid()
  state$defer <- defer
  state$previous_device <- grDevices::dev.cur()
  state$page_started <- state$is_new_page <- FALSE
  state$title <- state$drawn_steps <- state$shown_bytes <- NULL
  state$device <- state$format$open(state$folder)
  state$active <- TRUE
  for (hook in page_hooks) setHook(hook, after_new_page, "append")
  if (!state$has_callback) addTaskCallback(after_expression)
  state$has_callback <- TRUE
  # Close the device at the end of a script too, also if it ends with an error.
  if (is.null(state$has_finalizer)) reg.finalizer(state, function(state) web.device.off(), onexit = TRUE)
  state$has_finalizer <- TRUE
  invisible()
}

web.device.off <- function() {
  if (!is_active()) return(invisible())
  if (is_open(state$device)) {
    before <- if (state$device$number == grDevices::dev.cur()) state$previous_device else grDevices::dev.cur()
    grDevices::dev.off(state$device$number)
    restore_device(before)
  }
  clean_up()
  invisible()
}

page_hooks <- c("plot.new", "grid.newpage")

# Whether the device is active in this process. A forked child has a copy of the state, but the device is its parent's.
is_active <- function() state$active && state$pid == Sys.getpid()

# A hook that R calls when a plot begins: on a new page, or as a further plot on the same page.
after_new_page <- function() {
  if (!is_active()) return()
  warn_on_error(
    if (!is_open(state$device)) {
      clean_up()
    } else if (grDevices::dev.cur() == state$device$number && (collect_pages() || !state$page_started)) {
      state$page_started <- state$is_new_page <- TRUE
      state$title <- drawing_call()
      state$drawn_steps <- NULL
    }
  )
}

# A callback that R calls after each line at the prompt or expression of a script. Returns whether to keep it.
after_expression <- function(expr, value, ok, visible) {
  if (is_active()) warn_on_error(if (is_open(state$device)) update_page(expr) else clean_up())
  state$has_callback <- state$active
}

# If the expression has drawn something, adds it to the title and, unless deferred, shows the page.
update_page <- function(expr) {
  collect_pages()
  # Only the first element is the list of drawing steps; loading a package may change the others.
  recorded <- on_device(grDevices::recordPlot())
  drawn <- as.list(recorded[[1L]])
  if (has_new_steps(drawn, state$drawn_steps)) {
    page <- if (!state$defer) draw_copy(recorded)
    if (state$defer || !is.null(page)) {
      text <- source_text(expr)
      if (is.null(state$title)) state$title <- text
      else if (!state$is_new_page) state$title <- shorten(paste(state$title, text, sep = "; "))
    }
    if (!is.null(page)) show_pending(page)
  }
  state$drawn_steps <- drawn
  state$is_new_page <- FALSE
}

# Whether a list of drawing steps has visible steps after those of the list `known`, with which it begins.
has_new_steps <- function(steps, known) {
  if (!length(steps) || identical(steps, known)) return(FALSE)
  added <- steps[seq_along(steps) > length(known)]
  if (!length(added)) return(TRUE)
  # par() and layout() draw nothing; they affect the next plot.
  is_invisible <- function(step) tryCatch(step[[2L]][[1L]]$name %in% c("C_par", "C_layout"), error = function(e) FALSE)
  !all(vapply(added, function(step) isTRUE(is_invisible(step)), NA))
}

on_device <- function(expr) {
  before <- grDevices::dev.cur()
  if (before == state$device$number) return(expr)
  grDevices::dev.set(state$device$number)
  on.exit(restore_device(before))
  expr
}

# Draws a copy of the page into a file and returns the file. Returns NULL if there is no page yet (grid creates it when
# something is drawn) or if it has not changed since it was last shown.
draw_copy <- function(recorded) {
  folder <- new_folder()
  page <- draw_pages(state$format, folder, function(device) grDevices::replayPlot(recorded))
  bytes <- if (length(page)) read_bytes(page)
  if (is.null(bytes) || identical(bytes, state$shown_bytes)) {
    unlink(folder, recursive = TRUE)
    return(NULL)
  }
  state$shown_bytes <- bytes
  page
}

# Shows the complete pages, except those that have been shown in the same form. Returns whether there were any.
collect_pages <- function() {
  pages <- sort(list.files(state$folder, "^[0-9]+\\.png$", full.names = TRUE))
  # The file of a page is created empty when the page begins, and written when it is complete.
  pages <- pages[file.size(pages) > 0]
  for (page in pages) {
    is_shown <- identical(read_bytes(page), state$shown_bytes)
    state$shown_bytes <- NULL
    if (is_shown) unlink(page) else {
      folder <- new_folder()
      file.rename(page, file.path(folder, basename(page)))
      show_pending(file.path(folder, basename(page)))
    }
  }
  length(pages) > 0L
}

read_bytes <- function(file) readBin(file, "raw", file.size(file))

# Shows the pending images and then this one. If that fails, they stay pending until the next image.
show_pending <- function(page = NULL) {
  if (!is.null(page)) {
    title <- if (is.null(state$title)) "plot" else state$title
    state$pending <- c(state$pending, list(list(file = rename_page(page, state$format, title), title = title)))
  }
  while (length(state$pending)) {
    first <- state$pending[[1L]]
    shown <- tryCatch(show_file(first$file, state$format$type, first$title), webpipe_error = identity)
    if (inherits(shown, "error")) {
      count <- length(state$pending)
      then <- if (state$active) "will be shown with the next one" else "not shown"
      return(warn_now(conditionMessage(shown), "\n", count, if (count == 1L) " image " else " images ", then))
    }
    report_urls(shown)
    unlink(dirname(dirname(first$file)), recursive = TRUE)
    state$pending <- state$pending[-1L]
  }
}

# Cleans up after the device was closed, and shows its last page.
clean_up <- function() {
  for (hook in page_hooks) {
    setHook(hook, Filter(function(f) !identical(f, after_new_page), getHook(hook)), "replace")
  }
  state$active <- FALSE
  warn_on_error({
    if (!collect_pages() && length(state$pending)) show_pending()
  })
  unlink(state$folder, recursive = TRUE)
  state$drawn_steps <- state$shown_bytes <- NULL
}

# Turns errors into warnings, because they must not interrupt the user's plot or script.
warn_on_error <- function(expr) tryCatch(expr, error = function(e) warn_now(conditionMessage(e)))

# Warns at once. With options(warn = 2) a warning becomes an error, which hooks and callbacks must not raise.
warn_now <- function(...) {
  text <- paste0(...)
  tryCatch(warning(text, call. = FALSE, immediate. = TRUE), error = function(e) message("Warning: ", text))
}
