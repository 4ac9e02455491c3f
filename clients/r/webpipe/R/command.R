# What stands between R and webpipe: the command that shows a file, and how it is run.

# Shows files. `path` is sent as it is: whether the files are there is for the command to say, which can read names
# that R cannot in its locale. Gives the addresses.
web.file <- function(path, type = NULL, title = NULL) {
  # Without a file the command shows what it reads.
  if (!length(path)) return(invisible(character()))
  flags <- c(if (!is.null(type)) c("--type", one_text(type)), if (!is.null(title)) c("--title", one_text(title)))
  # R warns of names that its locale has no letters for where it looks at them.
  home <- startsWith(path, "~")
  path[home] <- path.expand(path[home])
  told(run_show(c(flags, "--", path)))
}

# The program that shows, and its first arguments. Fails where there is none.
show_command <- function() {
  chosen <- getOption("webpipe.command")
  if (is.null(chosen)) chosen <- Sys.getenv("WEBPIPE_COMMAND")
  chosen <- as.character(chosen)
  if (length(chosen) && nzchar(chosen[1L])) return(c(path.expand(chosen[1L]), chosen[-1L]))
  # Not Sys.which(), which needs a program of its own.
  folders <- strsplit(Sys.getenv("PATH"), .Platform$path.sep, fixed = TRUE)[[1L]]
  for (name in c("wp", "wp-stub")) {
    paths <- file.path(folders, name)
    found <- paths[file.access(paths, 1L) == 0L & !dir.exists(paths)]
    if (length(found)) return(found[1L])
  }
  fail(
    "neither wp nor wp-stub is on the PATH; install one of them, ",
    "or say where it is with options(webpipe.command = \"...\") or WEBPIPE_COMMAND"
  )
}

# Runs `COMMAND show ARGS` and gives the lines that it prints. What it complains of becomes an error.
run_show <- function(args) {
  command <- show_command()
  complaints <- tempfile("webpipe-", tempdir(check = TRUE))
  on.exit(unlink(complaints))
  words <- vapply(c(command, "show", args), shell_word, "")
  # Standard input is R's own: with `R -f -` it is the program that R is reading.
  line <- paste(c(words, "</dev/null", paste0("2>", shell_word(complaints))), collapse = " ")
  Encoding(line) <- "unknown"
  out <- tryCatch(
    suppressWarnings(system(line, intern = TRUE)),
    # That is how R tells that there is no such program.
    error = function(e) structure(character(), status = 127L)
  )
  said <- if (file.exists(complaints)) readLines(complaints, warn = FALSE, encoding = "UTF-8") else character()
  status <- attr(out, "status")
  if (!is.null(status)) {
    if (!any(startsWith(said, "wp: "))) said <- c(paste0("show: ", command[1L], " ended with status ", status), said)
    fail(paste(sub("^wp: ", "", said), collapse = "\n"))
  }
  if (length(said)) message(paste(said, collapse = "\n"))
  as.character(out)
}

# A word for the shell that stands for the bytes of `text` in UTF-8, in every locale: R would write "<U+00E9>" for an
# e with an accent where the locale has none.
shell_word <- function(text) {
  text <- utf8_bytes(text)
  text <- gsub("'", "'\\''", text, fixed = TRUE, useBytes = TRUE)
  Encoding(text) <- "unknown"
  paste0("'", text, "'")
}

# The same text in UTF-8, marked so that R never translates it.
utf8_bytes <- function(text) {
  text <- enc2utf8(text)
  Encoding(text) <- "unknown"
  text
}

one_text <- function(text) paste(as.character(text), collapse = " ")

# Shows one file that is ours.
show_file <- function(file, type, title) run_show(c("--type", type, "--title", title, "--", file))

# Tells somebody who sits there where to look, and gives the addresses to the program.
told <- function(urls) {
  if (isTRUE(getOption("webpipe.verbose", interactive()))) message(paste(urls, collapse = "\n"))
  invisible(urls)
}

# An error of the class webpipe_error, without the call, which would be one of ours.
fail <- function(...) {
  stop(errorCondition(paste0("webpipe: ", ...), class = "webpipe_error", call = NULL))
}

# A new folder for files on their way; the caller removes it.
new_folder <- function() {
  # Some systems clean up below a session that runs for weeks.
  folder <- tempfile("webpipe-", tempdir(check = TRUE))
  dir.create(folder)
  folder
}

# A name for a file from its title: what is saved from the page is called so.
file_name <- function(title, ending) {
  stem <- gsub("[^A-Za-z0-9]+", "-", utf8_bytes(title), perl = TRUE, useBytes = TRUE)
  stem <- sub("-+$", "", substr(sub("^-+", "", stem), 1L, 60L))
  paste0(if (nzchar(stem)) stem else "R", ".", ending)
}
