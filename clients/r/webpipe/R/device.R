# web.device(): ordinary plots appear by themselves. The device is an ordinary png() that writes each page to a file
# when the page is complete, that is, when the next one begins or the device is closed: such files are shown. Where
# somebody sits at the prompt and waits, the page is also drawn again and shown after each line that has drawn.

# What we know of our device. There is one for each session.
state <- new.env(parent = emptyenv())
state$active <- FALSE # opened, and its end not yet seen
state$listens <- FALSE # after_line() is called after each line
state$waiting <- list() # pictures that are not shown yet, the oldest first

web.device <- function(..., defer = !interactive()) {
  if (ours() && is_open(state$device)) {
    grDevices::dev.set(state$device$number)
    return(invisible())
  }
  # It was closed by dev.off(), and nobody has looked since.
  if (ours()) finish()
  # It would be of no use: that is better said now than at the first plot.
  show_command()
  state$kind <- png_kind(list(...))
  state$folder <- new_folder()
  if (!identical(state$process, Sys.getpid())) state$waiting <- list()
  state$process <- Sys.getpid()
  state$defer <- defer
  state$before <- grDevices::dev.cur()
  state$begun <- state$fresh <- FALSE
  state$title <- state$drawn <- state$shown <- NULL
  state$device <- state$kind$open(state$folder)
  state$active <- TRUE
  for (hook in hooks) setHook(hook, after_new_page, "append")
  if (!state$listens) addTaskCallback(after_line)
  state$listens <- TRUE
  # Also at the end of a script, and where an error ends it.
  if (is.null(state$watched)) reg.finalizer(state, function(state) web.device.off(), onexit = TRUE)
  state$watched <- TRUE
  invisible()
}

web.device.off <- function() {
  if (!ours()) return(invisible())
  if (is_open(state$device)) {
    before <- if (state$device$number == grDevices::dev.cur()) state$before else grDevices::dev.cur()
    grDevices::dev.off(state$device$number)
    return_to(before)
  }
  finish()
  invisible()
}

hooks <- c("plot.new", "grid.newpage")

# A child of fork() has all of the state, and none of it is its own.
ours <- function() state$active && state$process == Sys.getpid()

# Called by R when a page has been begun, and also for the second and later plots on one page.
after_new_page <- function() {
  if (!ours()) return()
  carefully(
    if (!is_open(state$device)) {
      finish()
    } else if (grDevices::dev.cur() == state$device$number && (take_pages() || !state$begun)) {
      state$begun <- state$fresh <- TRUE
      state$title <- drawing_call()
      state$drawn <- NULL
    }
  )
}

# Called by R after each line at the prompt or expression of a script. Gives whether to call it again.
after_line <- function(expr, value, ok, visible) {
  if (ours()) carefully(if (is_open(state$device)) look(expr) else finish())
  state$listens <- state$active
}

# Looks whether the expression has drawn: notes it in the title, and shows the page if somebody waits for it.
look <- function(expr) {
  take_pages()
  # The first part is what was drawn; to load a package may change the others.
  recorded <- on_device(grDevices::recordPlot())
  drawn <- as.list(recorded[[1L]])
  if (has_more(drawn, state$drawn)) {
    page <- if (!state$defer) draw_again(recorded)
    if (state$defer || !is.null(page)) {
      text <- call_text(expr)
      if (is.null(state$title)) state$title <- text
      else if (!state$fresh) state$title <- shorten(paste(state$title, text, sep = "; "))
    }
    if (!is.null(page)) show_waiting(page)
  }
  state$drawn <- drawn
  state$fresh <- FALSE
}

# Whether a list of what was drawn has more to see than the list `known`, which it begins with.
has_more <- function(drawn, known) {
  if (!length(drawn) || identical(drawn, known)) return(FALSE)
  added <- drawn[seq_along(drawn) > length(known)]
  if (!length(added)) return(TRUE)
  # What par() and layout() say is for the next plot.
  unseen <- function(step) tryCatch(step[[2L]][[1L]]$name %in% c("C_par", "C_layout"), error = function(e) FALSE)
  !all(vapply(added, function(step) isTRUE(unseen(step)), NA))
}

on_device <- function(expr) {
  before <- grDevices::dev.cur()
  if (before == state$device$number) return(expr)
  grDevices::dev.set(state$device$number)
  on.exit(return_to(before))
  expr
}

# Draws the page once more, into a file of its own. Gives the file; NULL if the page is not begun (grid waits with it
# until something is drawn), or looks as when it was last shown.
draw_again <- function(recorded) {
  folder <- new_folder()
  page <- draw_pages(state$kind, folder, function(device) grDevices::replayPlot(recorded))
  bytes <- if (length(page)) bytes_of(page)
  if (is.null(bytes) || identical(bytes, state$shown)) {
    unlink(folder, recursive = TRUE)
    return(NULL)
  }
  state$shown <- bytes
  page
}

# Shows the pages that are complete, except what has been shown as it is. Gives whether there were any.
take_pages <- function() {
  pages <- sort(list.files(state$folder, "^[0-9]+\\.png$", full.names = TRUE))
  # The file of a page is there from its beginning, and is written at its end.
  pages <- pages[file.size(pages) > 0]
  for (page in pages) {
    known <- identical(bytes_of(page), state$shown)
    state$shown <- NULL
    if (known) unlink(page) else {
      folder <- new_folder()
      file.rename(page, file.path(folder, basename(page)))
      show_waiting(file.path(folder, basename(page)))
    }
  }
  length(pages) > 0L
}

bytes_of <- function(file) readBin(file, "raw", file.size(file))

# Shows a picture after those that wait. What cannot be shown now is tried again with the next picture.
show_waiting <- function(page = NULL) {
  if (!is.null(page)) {
    title <- if (is.null(state$title)) "plot" else state$title
    state$waiting <- c(state$waiting, list(list(file = named_page(page, state$kind, title), title = title)))
  }
  while (length(state$waiting)) {
    first <- state$waiting[[1L]]
    shown <- tryCatch(show_file(first$file, state$kind$type, first$title), webpipe_error = identity)
    if (inherits(shown, "error")) {
      count <- length(state$waiting)
      then <- if (state$active) "to be shown with the next one" else "not shown"
      return(caution(conditionMessage(shown), "\n", count, if (count == 1L) " picture " else " pictures ", then))
    }
    told(shown)
    unlink(dirname(dirname(first$file)), recursive = TRUE)
    state$waiting <- state$waiting[-1L]
  }
}

# The device is closed: its last page is there now.
finish <- function() {
  for (hook in hooks) {
    setHook(hook, Filter(function(f) !identical(f, after_new_page), getHook(hook)), "replace")
  }
  state$active <- FALSE
  carefully({
    if (!take_pages() && length(state$waiting)) show_waiting()
  })
  unlink(state$folder, recursive = TRUE)
  state$drawn <- state$shown <- NULL
}

# Our faults are no reason to break the plot or the script of somebody else: they become warnings.
carefully <- function(expr) tryCatch(expr, error = function(e) caution(conditionMessage(e)))

# A warning at once. It may come from where R takes an error amiss, which options(warn = 2) would make of it.
caution <- function(...) {
  text <- paste0(...)
  tryCatch(warning(text, call. = FALSE, immediate. = TRUE), error = function(e) message("Warning: ", text))
}
