"""Shows what Python has in webpipe: figures, pictures, tables, text, files and streams.

    import webpipe
    webpipe.show(frame, title="Results")        # gives the URL of its entry
    with webpipe.open(title="Training") as log:
        print("epoch 1", file=log)              # is seen as it is written

It is a matplotlib backend, too: with MPLBACKEND=module://webpipe, plt.show() shows the figures here.

What it shows goes through `wp show`, or `wp-stub show` where only the stub is installed. It needs nothing but the
standard library and imports no other: an object of matplotlib, pandas, … has loaded its library already.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
import weakref

__all__ = ["Error", "Stream", "command", "open", "show"]
__version__ = "0.1.0"

#: What shows things: a program, or a list of a program and its first arguments. Where it is None, the environment
#: variable WEBPIPE_COMMAND says it, else it is the first of `wp` and `wp-stub` on PATH.
command = None


class Error(RuntimeError):
    """Something could not be shown. The text says why and what to do; mostly it is what `wp show` said."""


def show(obj=..., *, type: str | None = None, title: str | None = None, block: bool | None = None) -> str | None:
    """Shows an object and gives the URL of its entry, once all of it is safe on disk there.

    - a figure of matplotlib, or a part of one (axes, lines, a grid of seaborn): a picture
    - a picture of PIL, an array of numpy of the shape (height, width, 3 or 4): a picture
    - a frame or series of pandas or polars, a table of pyarrow, other arrays of one or two dimensions: a table
    - a str: text, never the name of a file; bytes: what their first bytes look like
    - a path (os.PathLike): that file or directory
    - an open file: all of it if it is on disk or in memory, else what can be read from it to its end, as it comes
    - what tells notebooks how it looks (_repr_html_ and the like): that; charts of plotly and altair work offline
    - a dict or list: JSON, if it can be that
    - anything else: its text, as pprint has it

    type: what to show it as, for example "svg" for a figure or "md" for a text; `wp types` lists the types.
    title: what to call it in the scroll.

    Without an object it is plt.show() of this backend, and gives None: the open figures are shown, but for those that
    look as they did when they were last shown. Then they are closed, except in interactive mode; `block` (True or
    False) closes them or not in any case.

    Raises Error where it cannot be shown, and ValueError or TypeError where it cannot be made into `type`.
    """
    if obj is ...:
        return _show_figures(type, title, block)
    figure = _figure_of(obj)
    if figure is not None:
        return _show_figure(figure, type, title)
    if isinstance(obj, os.PathLike):
        return _show_path(obj, type, title)
    # There are objects that have everything.
    if hasattr(obj, "read") and hasattr(obj, "readline") and not hasattr(obj, "no such name"):
        return _show_file(obj, type, title)
    return _show_content(*_content_of(obj, type), title)


def open(*, type: str | None = None, title: str | None = None) -> Stream:
    """A text file to write to: what is written is shown from now on, until it is closed.

    type: what to show it as; text if nothing is said. Text and "ansi" are seen as they grow, others at the end.
    title: what to call it in the scroll.
    Raises Error where it cannot be shown.
    """
    return Stream(type, title)


class Stream(io.TextIOWrapper):
    """What `open` gives: a text file that is sent line by line. Its `buffer` takes bytes, as that of sys.stdout does.

    url: the URL of its entry.
    close() returns when all of it is safe on disk there, and raises Error where something was lost. A stream that
    nobody closes ends with the program.
    """

    def __init__(self, type, title):
        import socket

        # Not a pipe: that would stay open as long as any process has it that was forked meanwhile.
        self._socket, theirs = socket.socketpair()
        with self._socket, theirs:  # each goes on where it is in use: in the file, in the process
            file = self._socket.makefile("wb")
            # A session of its own: Ctrl-C is for this program, which may have something to say before the end.
            self._process = _start([*_words(type, title), "-"], theirs, start_new_session=True)
        super().__init__(file, encoding="utf-8", errors="replace", newline="", line_buffering=True)
        self.url = self._process.stdout.readline().decode("utf-8", "replace").strip()
        if not self.url:
            self.close()

    def close(self):
        if self.closed:
            return
        lost = False
        try:
            self.flush()
            self._socket.shutdown(1)  # no more is written
        except OSError:
            lost = True
        try:
            super().close()
        except OSError:
            lost = True
        out, said = self._process.communicate()
        _url_of(self._process, self.url.encode() or out, said)
        if lost:
            raise Error("webpipe: open: `wp show` ended before the stream did; what came until then is in its entry")

    def __exit__(self, kind, error, trace):
        try:
            self.close()
        except Error:
            # What went wrong in the program says more, unless that is just the broken connection.
            if error is None or isinstance(error, ConnectionError):
                raise


# The command: how it is found and run, and what it says.


def _words(type, title):
    """The command with its options."""
    words = [*_command(), "show"]
    for option, value in (("--type", type), ("--title", title)):
        if value:
            # UTF-8 in every locale, and no NUL, which an argument cannot have.
            words += [option, str(value).replace("\0", " ").encode("utf-8", "replace")]
    return words


def _command():
    chosen = command or os.environ.get("WEBPIPE_COMMAND")
    if not chosen:
        for name in ("wp", "wp-stub"):
            if shutil.which(name):
                return [name]
        raise Error(
            'webpipe: show: neither "wp" nor "wp-stub" is on PATH; '
            "install one of them, or set WEBPIPE_COMMAND to where it is"
        )
    if not isinstance(chosen, (str, os.PathLike)):
        return chosen
    if shutil.which(chosen):
        return [chosen]
    import shlex

    return shlex.split(os.fspath(chosen))


def _start(words, stdin, **more):
    try:
        return subprocess.Popen(words, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
    except OSError as error:
        raise Error(
            f"webpipe: show: {os.fsdecode(words[0])} cannot be run ({error.strerror}); "
            "set WEBPIPE_COMMAND to where wp or wp-stub is"
        ) from None


def _url_of(process, out, said):
    """The URL that a command printed before it ended. Raises Error with what it said where it failed."""
    url = out.decode("utf-8", "replace").strip()
    if process.returncode == 0 and url:
        return url
    name = os.fsdecode(process.args[0])
    silent = f"webpipe: show: {name} ended with status {process.returncode} and gave no URL; try it in a terminal"
    raise Error(said.decode("utf-8", "replace").strip() or silent)


def _show_path(path, type, title):
    # Without standard input: it must not read what is meant for the program.
    with _start([*_words(type, title), "--", path], subprocess.DEVNULL) as process:
        try:
            out, said = process.communicate()
        except BaseException:  # Ctrl-C
            process.kill()
            process.wait()
            raise
    return _url_of(process, out, said)


def _show_content(stem, type, content, title):
    """Shows bytes, or what the function `content` writes to the path that it is given."""
    with tempfile.TemporaryDirectory(prefix="webpipe-") as folder:
        path = os.path.join(folder, f"{stem}.{os.path.basename(type)}" if type else stem)
        if callable(content):
            content(path)
        else:
            with io.open(path, "wb") as file:
                file.write(content)
        return _show_path(path, type, title)


def _show_file(file, type, title):
    """Shows an open file: all of it where it is on disk or in memory, else what is read from it, as it comes."""
    if hasattr(file, "getvalue"):
        return show(file.getvalue(), type=type, title=title)
    raw = file
    for inner in ("file", "buffer", "raw"):  # inside of what tempfile gives, of text, and of buffers
        raw = getattr(raw, inner, raw)
    if isinstance(raw, io.FileIO):
        if raw.writable():
            file.flush()
        if isinstance(raw.name, (str, bytes)) and os.path.isfile(raw.name):
            return _show_path(raw.name, type, title)
        if raw.writable() and raw.seekable():
            file.seek(0)  # a temporary file that has no name
    with open(type=type, title=title) as stream:
        read = getattr(file, "read1", file.read)
        piece = True
        while piece:
            piece = file.readline() if isinstance(file, io.TextIOBase) else read(65536)
            if isinstance(piece, str):
                stream.write(piece)
            else:
                stream.buffer.write(piece)
                stream.flush()
    return stream.url


# Objects: what they are shown as. Their classes are looked up in the libraries that have been loaded.


def _content_of(obj, type):
    """How an object is shown: the stem of a file's name, a type or None, and its content as for _show_content."""
    if isinstance(obj, str):
        return "text", type or "txt", obj.encode("utf-8", "replace")
    if isinstance(obj, (bytes, bytearray, memoryview)):
        return "data", type, bytes(obj)
    if _is(obj, "PIL.Image", "Image"):
        name = os.path.splitext(os.path.basename(str(getattr(obj, "filename", ""))))[0]
        return name or "image", type or "png", _picture(obj, type or "png")
    for make in (_table, _array, _whole_page, _look, _json_or_text):
        made = make(obj, type)
        if made:
            stem = "".join(letter for letter in obj.__class__.__name__ if letter.isalnum())
            return stem or "object", type or made[0], made[1]


def _is(obj, module, *names):
    loaded = sys.modules.get(module)
    return any(isinstance(obj, getattr(loaded, name, ())) for name in names)


def _table(obj, type):
    """A type and what writes it, for what is a table; None for anything else."""
    if type not in (None, "csv", "tsv"):
        return None
    separator = "\t" if type == "tsv" else ","
    if _is(obj, "pandas", "DataFrame", "Series"):
        frame = obj if hasattr(obj, "columns") else obj.to_frame("value" if obj.name is None else obj.name)
        if frame.columns.nlevels > 1:
            frame = frame.set_axis([" ".join(map(str, names)).strip() for names in frame.columns], axis=1)
        index = frame.index
        # Bare numbers of rows are no data.
        bare = _is(index, "pandas", "RangeIndex") and (index.start, index.step, index.name) == (0, 1, None)
        labels = ["index" if name is None else name for name in index.names]
        return "csv", lambda path: frame.to_csv(path, sep=separator, index=not bare, index_label=labels)
    if _is(obj, "polars", "DataFrame", "Series"):
        frame = obj if hasattr(obj, "columns") else obj.to_frame()
        if any(kind.is_nested() for kind in frame.dtypes) and not type:
            return "ndjson", frame.write_ndjson
        return "csv", lambda path: frame.write_csv(path, separator=separator)
    if _is(obj, "pyarrow", "Table", "RecordBatch"):
        rows = zip(*(column.to_pylist() for column in obj.columns))
        return "csv", lambda path: _write_rows(path, separator, [obj.schema.names, *rows])
    if _is(obj, "numpy", "ndarray") and obj.size and obj.ndim in (1, 2) and obj.dtype.names is None:
        return "csv", lambda path: _write_rows(path, separator, obj.reshape(len(obj), -1).tolist())
    return None


def _write_rows(path, separator, rows):
    import csv

    with io.open(path, "w", encoding="utf-8", errors="replace", newline="") as file:
        csv.writer(file, delimiter=separator, lineterminator="\n").writerows(rows)


def _array(obj, type):
    """An array of numpy as a picture; None for anything else.

    As in matplotlib, the values are whole numbers to 255, or others to 1. Unless asked for, only what can hardly be
    anything else is taken for a picture: three or four bytes a pixel, or so many numbers from 0 to 1.
    """
    if type not in (None, "png") or not _is(obj, "numpy", "ndarray") or not obj.size or obj.dtype.kind not in "buif":
        return None
    if not (obj.ndim == 3 and obj.shape[2] in (3, 4) or obj.ndim == 2 and type):
        return None
    if obj.dtype.kind in "bf" and (type or 0 <= obj.min() <= obj.max() <= 1):
        obj = (obj * 255.0).round()
    elif not type and obj.dtype != "uint8":
        return None
    return "png", _png(obj.clip(0, 255).astype("uint8"))


def _png(pixels):
    """A PNG file of an array of bytes: (height, width) grey, (height, width, 3) RGB, (height, width, 4) RGBA."""
    import struct
    import zlib

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    height, width, channels = (*pixels.shape, 1)[:3]
    head = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    lines = b"".join(b"\0" + line.tobytes() for line in pixels)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def _picture(image, type):
    """A picture of PIL as a file of a type."""
    kind = sys.modules["PIL.Image"].registered_extensions().get(f".{type}")
    if not kind:
        raise ValueError(f'webpipe: show: PIL knows no pictures of the type "{type}"; take png')
    file = io.BytesIO()
    try:
        image.save(file, kind)
    except OSError:  # its pixels are of a kind that such a file does not have
        file = io.BytesIO()
        image.convert("RGB").save(file, kind)
    return file.getvalue()


# Libraries whose charts load scripts from elsewhere in a notebook, and how they put all into the page instead.
_WHOLE_PAGES = {"plotly": {"include_plotlyjs": True}, "altair": {"inline": True}}


def _whole_page(obj, type):
    """A chart as a page that works offline; None for anything else."""
    if type not in (None, "html") or not hasattr(obj.__class__, "to_html"):
        return None
    for base in obj.__class__.__mro__:
        library = base.__module__.partition(".")[0]
        if library in _WHOLE_PAGES:
            try:
                return "html", obj.to_html(**_WHOLE_PAGES[library]).encode("utf-8", "replace")
            except ImportError as error:  # altair takes its scripts from vl-convert
                why = " ".join(str(error).split())
                raise Error(f"webpipe: show: {library} has no page that works offline; {why}") from error
    return None


# What an object may tell notebooks of how it looks, in the order of preference.
_LOOKS = (
    ("html", "text/html", "_repr_html_"),
    ("md", "text/markdown", "_repr_markdown_"),
    ("svg", "image/svg+xml", "_repr_svg_"),
    ("png", "image/png", "_repr_png_"),
    ("jpg", "image/jpeg", "_repr_jpeg_"),
    ("json", "application/json", "_repr_json_"),
)

# Notebooks put pieces of HTML into a page that looks so.
_PAGE = b'<!doctype html><meta charset="utf-8"><style>body { font: 14px system-ui, sans-serif }</style>\n'


def _look(obj, type):
    """What an object tells notebooks of how it looks, as a type and bytes; None where it tells nothing."""
    bundle = _ask(obj, "_repr_mimebundle_") or {}
    for kind, mime, method in _LOOKS:
        if type not in (None, kind):
            continue
        look = bundle[mime] if mime in bundle else _ask(obj, method)
        if look is None:
            continue
        if kind == "json":
            return kind, _json(look)
        if isinstance(look, str) and kind in ("png", "jpg"):
            import base64

            look = base64.b64decode(look)
        data = look.encode("utf-8", "replace") if isinstance(look, str) else bytes(look)
        if kind == "html" and not data.lstrip()[:9].lower().startswith((b"<!doctype", b"<html")):
            data = _PAGE + data
        return kind, data
    return None


def _ask(obj, method):
    # Not the object, for there are some that have everything.
    if not hasattr(obj.__class__, method):
        return None
    try:
        answer = getattr(obj, method)()
    except NotImplementedError:
        return None
    return answer[0] if isinstance(answer, tuple) else answer  # a tuple has what is known of it besides


def _json_or_text(obj, type):
    """Any object as JSON, if it is like that or asked for, or else as text."""
    if type == "json" or isinstance(obj, (dict, list)) and type != "txt":
        try:
            return "json", _json(obj)
        except (TypeError, ValueError, RecursionError):
            if type:
                raise
    import pprint

    return "txt", pprint.pformat(obj, width=100).encode("utf-8", "replace")


def _json(obj):
    import json

    return json.dumps(obj, ensure_ascii=False, allow_nan=False, default=_plain).encode("utf-8", "replace")


def _plain(value):
    """What JSON does not know but has a word for: arrays and numbers of numpy, dates, paths."""
    for method in ("tolist", "isoformat", "__fspath__"):
        if hasattr(value, method):
            return getattr(value, method)()
    raise TypeError(f'webpipe: show: {value.__class__.__name__} has no form in JSON; show it without type="json"')


# Figures of matplotlib.


# What figures looked like when they were last shown.
_shown = weakref.WeakKeyDictionary()


def _figure_of(obj):
    """The figure that an object is, belongs to, or holds the parts of; None for anything else."""
    if "matplotlib.figure" not in sys.modules:
        return None
    if isinstance(obj, (list, tuple)) or _is(obj, "numpy", "ndarray") and obj.dtype == object:
        # What plt.plot and plt.subplots give.
        parts = list(getattr(obj, "flat", obj))
        figures = {_figure_around(part) for part in parts} if parts and _figure_around(parts[0]) else ()
        return figures.pop() if len(figures) == 1 else None
    return _figure_around(obj)


def _figure_around(obj):
    # The figure of what is in a subfigure is that; a figure is its own.
    figure = getattr(getattr(obj, "figure", None), "figure", None)
    return figure if _is(figure, "matplotlib.figure", "Figure") else None


def _show_figure(figure, type=None, title=None, again=True):
    """Shows a figure and gives its URL; without `again` only if it looks other than when it was last shown."""
    import matplotlib

    # Other formats that may be set are for paper.
    type = type or ("svg" if matplotlib.rcParams["savefig.format"] == "svg" else "png")
    # As large as its window would be, but with all that sticks out and nothing around it.
    how = {"format": type, "dpi": "figure", "bbox_inches": "tight"}
    file = io.BytesIO()
    if type == "svg":
        # Without its date and its random names, which would make it look new each time.
        with matplotlib.rc_context({"svg.hashsalt": "webpipe"}):
            figure.savefig(file, metadata={"Date": None}, **how)
    else:
        figure.savefig(file, **how)
    figure.stale = False
    look = hash(file.getvalue())
    if not again and _shown.get(figure) == look:
        return None
    url = _show_content("figure", type, file.getvalue(), title or _title_of(figure))
    _shown[figure] = look
    return url


def _title_of(figure):
    """What a figure is called: as its window, else as it is headed, else by its number."""
    manager = figure.canvas.manager
    number = f"Figure {manager.num}" if manager else None
    window = manager.get_window_title() if manager else None
    if window and window not in (number, "image"):  # "image" is what all say that have no window
        return window
    above = getattr(figure, "_suptitle", None)  # get_suptitle() came with matplotlib 3.8
    titles = [above.get_text()] if above else []
    titles += [axes.get_title(side) for axes in figure.axes for side in ("left", "center", "right") if not titles]
    titles = [" ".join(text.split()) for text in titles if text]
    return titles[0] if len(titles) == 1 else number


def _show_figures(type=None, title=None, block=None):
    """plt.show(). One that cannot be shown stays open, and so do those after it."""
    import matplotlib

    # Where other backends wait until their windows have been closed.
    close = not matplotlib.is_interactive() if block is None else block
    for manager in _managers():
        _show_figure(manager.canvas.figure, type, title, again=False)
        if close:
            matplotlib._pylab_helpers.Gcf.destroy(manager.num)


def _managers():
    """The managers of the open figures."""
    from matplotlib._pylab_helpers import Gcf

    return sorted(Gcf.get_all_fig_managers(), key=lambda manager: manager.num)


def _after_cell():
    """In IPython and in interactive mode: shows the figures that a cell has changed, if anything is drawn there."""
    import matplotlib

    for manager in _managers() if matplotlib.is_interactive() else ():
        figure = manager.canvas.figure
        if isinstance(manager, FigureManager) and figure.stale and any(axes.has_data() for axes in figure.axes):
            try:
                _show_figure(figure, again=False)
            except Error as error:
                print(error, file=sys.stderr)


# The backend. matplotlib takes from it FigureCanvas, new_figure_manager and show.


def __getattr__(name):
    # Made when they are asked for: `import webpipe` alone must not load matplotlib.
    if name in ("FigureCanvas", "FigureManager"):
        _define_backend()
        return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _define_backend():
    if "FigureCanvas" in globals():
        return
    from matplotlib.backend_bases import FigureManagerBase
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    class FigureManager(FigureManagerBase):
        """What a window is to other backends."""

        def show(self):  # fig.show()
            _show_figure(self.canvas.figure)

        def destroy(self):
            """Leaves the figure its canvas, so that fig.show() shows it also after it has been closed."""

        def get_window_title(self):
            return self._window_title

        def set_window_title(self, title):
            self._window_title = title

    class FigureCanvas(FigureCanvasAgg):
        manager_class = FigureManager

        def draw_idle(self, *args, **kwargs):
            """There is no window to keep up to date: a figure is drawn when it is shown."""

    globals().update(FigureCanvas=FigureCanvas, FigureManager=FigureManager)
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    if shell:
        shell.events.register("post_execute", _after_cell)


# These, and not FigureCanvas alone, are there for matplotlib before 3.6: it looks into the module without asking it.


def new_figure_manager(num, *args, FigureClass=None, **kwargs):
    from matplotlib.figure import Figure

    return new_figure_manager_given_figure(num, (FigureClass or Figure)(*args, **kwargs))


def new_figure_manager_given_figure(num, figure):
    _define_backend()
    return FigureManager(FigureCanvas(figure), num)
