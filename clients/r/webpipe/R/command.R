# Running the command that shows files.

# Shows files and returns their addresses. `path` is not checked: the command does that, and it can open files whose
# names R cannot represent in its locale.
web.file <- function(path, type = NULL, title = NULL) {
  # Without files the command would show its standard input.
  if (!length(path)) return(invisible(character()))
  options <- c(
    if (!is.null(type)) c("--type", single_string(type)),
    if (!is.null(title)) c("--title", single_string(title))
  )
  # Only these paths: path.expand() warns about names that cannot be represented in the locale.
  in_home <- startsWith(path, "~")
  path[in_home] <- path.expand(path[in_home])
  report_urls(run_show(c(options, "--", path)))
}

# Returns the command to run: a program and its first arguments. Fails if there is none.
show_command <- function() {
  command <- getOption("webpipe.command")
  if (is.null(command)) command <- Sys.getenv("WEBPIPE_COMMAND")
  command <- as.character(command)
  if (length(command) && nzchar(command[1L])) return(c(path.expand(command[1L]), command[-1L]))
  # Not Sys.which(), which runs the program `which`.
  folders <- strsplit(Sys.getenv("PATH"), .Platform$path.sep, fixed = TRUE)[[1L]]
  for (name in c("wp", "wp-stub")) {
    paths <- file.path(folders, name)
    found <- paths[file.access(paths, 1L) == 0L & !dir.exists(paths)]
    if (length(found)) return(found[1L])
  }
  fail(
    "neither wp nor wp-stub is on the PATH; install one of them, ",
    "or set options(webpipe.command = \"...\") or WEBPIPE_COMMAND to its path"
  )
}

# Runs `COMMAND show ARGS` and returns the lines of its standard output. Fails with its standard error if it fails.
run_show <- function(args) {
  command <- show_command()
  stderr_file <- tempfile("webpipe-", tempdir(check = TRUE))
  on.exit(unlink(stderr_file))
  words <- vapply(c(command, "show", args), shell_quote, "")
  # Not R's own standard input: with `R -f -` it is the script that R is reading.
  line <- paste(c(words, "</dev/null", paste0("2>", shell_quote(stderr_file))), collapse = " ")
  Encoding(line) <- "unknown"
  out <- tryCatch(
    suppressWarnings(system(line, intern = TRUE)),
    # system() fails like this if there is no such program.
    error = function(e) structure(character(), status = 127L)
  )
  errors <- if (file.exists(stderr_file)) readLines(stderr_file, warn = FALSE, encoding = "UTF-8") else character()
  status <- attr(out, "status")
  if (!is.null(status)) {
    if (!any(startsWith(errors, "wp: "))) {
      errors <- c(paste0("show: ", command[1L], " exited with status ", status), errors)
    }
    fail(paste(sub("^wp: ", "", errors), collapse = "\n"))
  }
  if (length(errors)) message(paste(errors, collapse = "\n"))
  as.character(out)
}

# Quotes `text` for the shell, in UTF-8. In a locale that lacks a character, R itself would write it as "<U+00E9>".
shell_quote <- function(text) {
  text <- as_utf8(text)
  text <- gsub("'", "'\\''", text, fixed = TRUE, useBytes = TRUE)
  Encoding(text) <- "unknown"
  paste0("'", text, "'")
}

# Converts text to UTF-8, marked so that R does not convert it back to the encoding of the locale.
as_utf8 <- function(text) {
  text <- enc2utf8(text)
  Encoding(text) <- "unknown"
  text
}

single_string <- function(text) paste(as.character(text), collapse = " ")

# Shows one file that this package has written.
show_file <- function(file, type, title) run_show(c("--type", type, "--title", title, "--", file))

# Prints the addresses in an interactive session, and returns them invisibly.
report_urls <- function(urls) {
  if (isTRUE(getOption("webpipe.verbose", interactive()))) message(paste(urls, collapse = "\n"))
  invisible(urls)
}

# Raises an error of class webpipe_error. It has no call, since that would be a function of this package.
fail <- function(...) {
  stop(errorCondition(paste0("webpipe: ", ...), class = "webpipe_error", call = NULL))
}

# Creates a temporary folder; the caller removes it.
new_folder <- function() {
  # check = TRUE, because some systems remove the temporary files of a session that runs for weeks.
  folder <- tempfile("webpipe-", tempdir(check = TRUE))
  dir.create(folder)
  folder
}

# Makes a file name from a title. It is the default name when the file is saved from the page.
file_name <- function(title, ending) {
  stem <- gsub("[^A-Za-z0-9]+", "-", as_utf8(title), perl = TRUE, useBytes = TRUE)
  stem <- sub("-+$", "", substr(sub("^-+", "", stem), 1L, 60L))
  paste0(if (nzchar(stem)) stem else "R", ".", ending)
}
