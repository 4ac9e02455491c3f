"""Show figures, images, tables, text, files and streams in webpipe.

    import webpipe
    webpipe.show(frame, title="Results")        # returns the URL of the entry
    with webpipe.open(title="Training") as log:
        print("epoch 1", file=log)              # appears as it is written

The module is also a matplotlib backend: with MPLBACKEND=module://webpipe, plt.show() shows figures in webpipe.

It runs `wp show`, or `wp-stub show` if only the stub is installed. It depends on the standard library only and never
imports another library: if there is an object of matplotlib or pandas, its library has been loaded already.
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

#: The command to run: a program, or a list of a program and its first arguments. If it is None, the environment
#: variable WEBPIPE_COMMAND is used, otherwise the first of `wp` and `wp-stub` on PATH.
command = None


class Error(RuntimeError):
    """An object could not be shown. The message contains the cause and a remedy, usually as printed by `wp show`."""


def show(obj=..., *, type: str | None = None, title: str | None = None, block: bool | None = None) -> str | None:
    """Show an object and return the URL of its entry, once it is safe on the disk of the server.

    - a matplotlib figure, or a part of one (axes, lines, a seaborn grid): an image
    - a PIL image, or a numpy array of shape (height, width, 3 or 4): an image
    - a pandas or polars frame or series, a pyarrow table, other arrays with one or two dimensions: a table
    - a str: text, never the name of a file; bytes: a file whose type is detected from the first bytes
    - a path (os.PathLike): that file or directory
    - an open file: the whole file if it is on disk or in memory, otherwise a stream of the rest of it
    - an object with a notebook representation (_repr_html_ etc.): that; plotly and altair charts work offline
    - a dict or list: JSON, if it can be converted
    - anything else: text, as formatted by pprint

    type: the type to show it as, for example "svg" for a figure or "md" for a text; `wp types` lists the types.
    title: the title in the scroll.

    Without an object this is the plt.show() of the backend, and returns None: it shows the open figures, except those
    that have not changed since they were last shown, and then closes them, except in interactive mode. `block` (True
    or False) overrides whether they are closed.

    Raises Error if the object cannot be shown, and ValueError or TypeError if it cannot be converted to `type`.
    """
    if obj is ...:
        return _show_figures(type, title, block)
    figure = _figure_of(obj)
    if figure is not None:
        return _show_figure(figure, type, title)
    if isinstance(obj, os.PathLike):
        return _show_path(obj, type, title)
    # The last test excludes objects that have every attribute, such as mocks.
    if hasattr(obj, "read") and hasattr(obj, "readline") and not hasattr(obj, "no such name"):
        return _show_file(obj, type, title)
    return _show_content(*_content_of(obj, type), title)


def open(*, type: str | None = None, title: str | None = None) -> Stream:
    """Return a text file to write to; what is written to it is shown until it is closed.

    type: the type to show it as (default: text). Text and "ansi" appear as they are written, other types when the file
    is closed.
    title: the title in the scroll.
    Raises Error if the stream cannot be shown.
    """
    return Stream(type, title)


class Stream(io.TextIOWrapper):
    """The text file that `open` returns. It is sent line by line; its `buffer` accepts bytes, like that of sys.stdout.

    url: the URL of the entry.
    close() returns when the whole stream is safe on the disk of the server, and raises Error if a part was lost. A
    stream that is not closed ends with the program.
    """

    def __init__(self, type, title):
        import socket

        # A socket and not a pipe: a pipe would stay open as long as a process forked in the meantime has it open.
        self._socket, child_socket = socket.socketpair()
        with self._socket, child_socket:  # the file and the process keep it open
            file = self._socket.makefile("wb")
            # A session of its own, so that Ctrl-C interrupts only this program, which may still want to write.
            self._process = _start([*_argv(type, title), "-"], child_socket, start_new_session=True)
        super().__init__(file, encoding="utf-8", errors="replace", newline="", line_buffering=True)
        self.url = self._process.stdout.readline().decode("utf-8", "replace").strip()
        if not self.url:
            self.close()

    def close(self):
        if self.closed:
            return
        is_lost = False
        try:
            self.flush()
            self._socket.shutdown(1)  # 1: SHUT_WR
        except OSError:
            is_lost = True
        try:
            super().close()
        except OSError:
            is_lost = True
        stdout, stderr = self._process.communicate()
        _url_of(self._process, self.url.encode() or stdout, stderr)
        if is_lost:
            raise Error("webpipe: open: `wp show` exited before the stream ended; the entry contains only a part of it")

    def __exit__(self, kind, error, trace):
        try:
            self.close()
        except Error:
            # An exception of the program takes precedence, unless it is caused by the same broken connection.
            if error is None or isinstance(error, ConnectionError):
                raise


# Running the command.


def _argv(type, title):
    """Return the command line with its options."""
    argv = [*_command(), "show"]
    for option, value in (("--type", type), ("--title", title)):
        if value:
            # In UTF-8, whatever the locale. An argument cannot contain NUL.
            argv += [option, str(value).replace("\0", " ").encode("utf-8", "replace")]
    return argv


def _command():
    configured = command or os.environ.get("WEBPIPE_COMMAND")
    if not configured:
        for name in ("wp", "wp-stub"):
            if shutil.which(name):
                return [name]
        raise Error(
            'webpipe: show: neither "wp" nor "wp-stub" is on PATH; '
            "install one of them, or set WEBPIPE_COMMAND to its path"
        )
    if not isinstance(configured, (str, os.PathLike)):
        return configured
    if shutil.which(configured):
        return [configured]
    import shlex

    return shlex.split(os.fspath(configured))


def _start(argv, stdin, **options):
    try:
        return subprocess.Popen(argv, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    except OSError as error:
        raise Error(
            f"webpipe: show: {os.fsdecode(argv[0])} cannot be run ({error.strerror}); "
            "set WEBPIPE_COMMAND to the path of wp or wp-stub"
        ) from None


def _url_of(process, stdout, stderr):
    """Return the URL that a command printed. Raises Error with its standard error if it failed."""
    url = stdout.decode("utf-8", "replace").strip()
    if process.returncode == 0 and url:
        return url
    name = os.fsdecode(process.args[0])
    default = f"webpipe: show: {name} exited with status {process.returncode} and printed no URL; try it in a terminal"
    raise Error(stderr.decode("utf-8", "replace").strip() or default)


def _show_path(path, type, title):
    # Without standard input: the command must not read the input of this program.
    with _start([*_argv(type, title), "--", path], subprocess.DEVNULL) as process:
        try:
            stdout, stderr = process.communicate()
        except BaseException:  # Ctrl-C
            process.kill()
            process.wait()
            raise
    return _url_of(process, stdout, stderr)


def _show_content(stem, type, content, title):
    """Show `content`: bytes, or a function that writes a file to the path in its argument."""
    with tempfile.TemporaryDirectory(prefix="webpipe-") as folder:
        path = os.path.join(folder, f"{stem}.{os.path.basename(type)}" if type else stem)
        if callable(content):
            content(path)
        else:
            with io.open(path, "wb") as file:
                file.write(content)
        return _show_path(path, type, title)


def _show_file(file, type, title):
    """Show an open file: the whole file if it is on disk or in memory, otherwise a stream of the rest of it."""
    if hasattr(file, "getvalue"):
        return show(file.getvalue(), type=type, title=title)
    raw = file
    for inner in ("file", "buffer", "raw"):  # unwrap temporary files, text files and buffers
        raw = getattr(raw, inner, raw)
    if isinstance(raw, io.FileIO):
        if raw.writable():
            file.flush()
        if isinstance(raw.name, (str, bytes)) and os.path.isfile(raw.name):
            return _show_path(raw.name, type, title)
        if raw.writable() and raw.seekable():
            file.seek(0)  # a temporary file without a name
    with open(type=type, title=title) as stream:
        read = getattr(file, "read1", file.read)
        chunk = True
        while chunk:
            chunk = file.readline() if isinstance(file, io.TextIOBase) else read(65536)
            if isinstance(chunk, str):
                stream.write(chunk)
            else:
                stream.buffer.write(chunk)
                stream.flush()
    return stream.url


# Converting objects. Classes are looked up in the libraries that have been loaded.


def _content_of(obj, type):
    """Convert an object: return the stem of a file name, a type or None, and its content as for _show_content."""
    if isinstance(obj, str):
        return "text", type or "txt", obj.encode("utf-8", "replace")
    if isinstance(obj, (bytes, bytearray, memoryview)):
        return "data", type, bytes(obj)
    if _is(obj, "PIL.Image", "Image"):
        name = os.path.splitext(os.path.basename(str(getattr(obj, "filename", ""))))[0]
        return name or "image", type or "png", _encode_image(obj, type or "png")
    for convert in (_table, _array, _chart_page, _representation, _json_or_text):
        converted = convert(obj, type)
        if converted:
            stem = "".join(char for char in obj.__class__.__name__ if char.isalnum())
            return stem or "object", type or converted[0], converted[1]


def _is(obj, module, *names):
    loaded = sys.modules.get(module)
    return any(isinstance(obj, getattr(loaded, name, ())) for name in names)


def _table(obj, type):
    """Convert a table: return a type and a function that writes a file; None for other objects."""
    if type not in (None, "csv", "tsv"):
        return None
    separator = "\t" if type == "tsv" else ","
    if _is(obj, "pandas", "DataFrame", "Series"):
        frame = obj if hasattr(obj, "columns") else obj.to_frame("value" if obj.name is None else obj.name)
        if frame.columns.nlevels > 1:
            frame = frame.set_axis([" ".join(map(str, names)).strip() for names in frame.columns], axis=1)
        index = frame.index
        # An index that only numbers the rows is not data.
        is_default = _is(index, "pandas", "RangeIndex") and (index.start, index.step, index.name) == (0, 1, None)
        labels = ["index" if name is None else name for name in index.names]
        return "csv", lambda path: frame.to_csv(path, sep=separator, index=not is_default, index_label=labels)
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
    """Convert a numpy array to an image; None for other objects.

    As in matplotlib, the values are integers up to 255 or floats up to 1. Without a type, an array is an image only if
    it has three or four values per pixel, either bytes or floats from 0 to 1.
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
    """Encode an array of bytes as PNG: (height, width) grey, (height, width, 3) RGB, (height, width, 4) RGBA."""
    import struct
    import zlib

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    height, width, channels = (*pixels.shape, 1)[:3]
    head = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    lines = b"".join(b"\0" + line.tobytes() for line in pixels)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def _encode_image(image, type):
    """Encode a PIL image as a file of a type."""
    format = sys.modules["PIL.Image"].registered_extensions().get(f".{type}")
    if not format:
        raise ValueError(f'webpipe: show: PIL cannot write images of type "{type}"; use png')
    file = io.BytesIO()
    try:
        image.save(file, format)
    except OSError:  # the format does not support this kind of pixel
        file = io.BytesIO()
        image.convert("RGB").save(file, format)
    return file.getvalue()


# Libraries whose charts load scripts from other servers in a notebook, and the options that embed the scripts instead.
_EMBED_OPTIONS = {"plotly": {"include_plotlyjs": True}, "altair": {"inline": True}}


def _chart_page(obj, type):
    """Convert a chart to a page that works offline; None for other objects."""
    if type not in (None, "html") or not hasattr(obj.__class__, "to_html"):
        return None
    for base in obj.__class__.__mro__:
        library = base.__module__.partition(".")[0]
        if library in _EMBED_OPTIONS:
            try:
                return "html", obj.to_html(**_EMBED_OPTIONS[library]).encode("utf-8", "replace")
            except ImportError as error:  # altair gets its scripts from vl-convert
                why = " ".join(str(error).split())
                raise Error(f"webpipe: show: {library} cannot make a page that works offline; {why}") from error
    return None


# The representations for notebooks that an object may have, in order of preference.
_REPRESENTATIONS = (
    ("html", "text/html", "_repr_html_"),
    ("md", "text/markdown", "_repr_markdown_"),
    ("svg", "image/svg+xml", "_repr_svg_"),
    ("png", "image/png", "_repr_png_"),
    ("jpg", "image/jpeg", "_repr_jpeg_"),
    ("json", "application/json", "_repr_json_"),
)

# Notebooks insert fragments of HTML into a page that looks like this.
_PAGE = b'<!doctype html><meta charset="utf-8"><style>body { font: 14px system-ui, sans-serif }</style>\n'


def _representation(obj, type):
    """Return the notebook representation of an object as a type and bytes; None if it has none."""
    bundle = _call(obj, "_repr_mimebundle_") or {}
    for format, mime, method in _REPRESENTATIONS:
        if type not in (None, format):
            continue
        data = bundle[mime] if mime in bundle else _call(obj, method)
        if data is None:
            continue
        if format == "json":
            return format, _json(data)
        if isinstance(data, str) and format in ("png", "jpg"):
            import base64

            data = base64.b64decode(data)
        data = data.encode("utf-8", "replace") if isinstance(data, str) else bytes(data)
        if format == "html" and not data.lstrip()[:9].lower().startswith((b"<!doctype", b"<html")):
            data = _PAGE + data
        return format, data
    return None


def _call(obj, method):
    # Look at the class: some objects have every attribute.
    if not hasattr(obj.__class__, method):
        return None
    try:
        result = getattr(obj, method)()
    except NotImplementedError:
        return None
    return result[0] if isinstance(result, tuple) else result  # a tuple contains the data and metadata


def _json_or_text(obj, type):
    """Convert any object: to JSON if it is a dict or list, or if type is "json"; otherwise to text."""
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

    return json.dumps(obj, ensure_ascii=False, allow_nan=False, default=_to_json).encode("utf-8", "replace")


def _to_json(value):
    """Convert values that the json module does not support: numpy arrays and numbers, dates, paths."""
    for method in ("tolist", "isoformat", "__fspath__"):
        if hasattr(value, method):
            return getattr(value, method)()
    raise TypeError(f'webpipe: show: {value.__class__.__name__} cannot be converted to JSON; omit type="json"')


# matplotlib figures.


# The hash of the image of each figure when it was last shown.
_shown_hashes = weakref.WeakKeyDictionary()


def _figure_of(obj):
    """Return the figure that an object is, is part of, or contains parts of; None for other objects."""
    if "matplotlib.figure" not in sys.modules:
        return None
    if isinstance(obj, (list, tuple)) or _is(obj, "numpy", "ndarray") and obj.dtype == object:
        # The return values of plt.plot and plt.subplots.
        parts = list(getattr(obj, "flat", obj))
        figures = {_parent_figure(part) for part in parts} if parts and _parent_figure(parts[0]) else ()
        return figures.pop() if len(figures) == 1 else None
    return _parent_figure(obj)


def _parent_figure(obj):
    # The `figure` of a part may be a subfigure, whose `figure` is the figure. The `figure` of a figure is itself.
    figure = getattr(getattr(obj, "figure", None), "figure", None)
    return figure if _is(figure, "matplotlib.figure", "Figure") else None


def _show_figure(figure, type=None, title=None, force=True):
    """Show a figure and return its URL. Without `force`, skip it if it has not changed since it was last shown."""
    import matplotlib

    # Other values of savefig.format are meant for printing.
    type = type or ("svg" if matplotlib.rcParams["savefig.format"] == "svg" else "png")
    # The size of its window, cropped or extended to what is drawn.
    options = {"format": type, "dpi": "figure", "bbox_inches": "tight"}
    file = io.BytesIO()
    if type == "svg":
        # Without the date and random ids, which would make it differ each time.
        with matplotlib.rc_context({"svg.hashsalt": "webpipe"}):
            figure.savefig(file, metadata={"Date": None}, **options)
    else:
        figure.savefig(file, **options)
    figure.stale = False
    image_hash = hash(file.getvalue())
    if not force and _shown_hashes.get(figure) == image_hash:
        return None
    url = _show_content("figure", type, file.getvalue(), title or _title_of(figure))
    _shown_hashes[figure] = image_hash
    return url


def _title_of(figure):
    """Return the title of a figure: of its window, else its heading, else its number."""
    manager = figure.canvas.manager
    number = f"Figure {manager.num}" if manager else None
    window = manager.get_window_title() if manager else None
    if window and window not in (number, "image"):  # "image" is the default of backends without windows
        return window
    suptitle = getattr(figure, "_suptitle", None)  # get_suptitle() exists since matplotlib 3.8
    titles = [suptitle.get_text()] if suptitle else []
    titles += [axes.get_title(side) for axes in figure.axes for side in ("left", "center", "right") if not titles]
    titles = [" ".join(text.split()) for text in titles if text]
    return titles[0] if len(titles) == 1 else number


def _show_figures(type=None, title=None, block=None):
    """Implement plt.show(). If a figure cannot be shown, it and those after it stay open."""
    import matplotlib

    # Close figures where other backends would block until their windows are closed.
    close = not matplotlib.is_interactive() if block is None else block
    for manager in _managers():
        _show_figure(manager.canvas.figure, type, title, force=False)
        if close:
            matplotlib._pylab_helpers.Gcf.destroy(manager.num)


def _managers():
    """Return the managers of the open figures, ordered by number."""
    from matplotlib._pylab_helpers import Gcf

    return sorted(Gcf.get_all_fig_managers(), key=lambda manager: manager.num)


def _after_cell():
    """Show the figures that a cell has changed. Called by IPython after each cell; does nothing unless interactive."""
    import matplotlib

    for manager in _managers() if matplotlib.is_interactive() else ():
        figure = manager.canvas.figure
        if isinstance(manager, FigureManager) and figure.stale and any(axes.has_data() for axes in figure.axes):
            try:
                _show_figure(figure, force=False)
            except Error as error:
                print(error, file=sys.stderr)


# The backend. matplotlib uses FigureCanvas, new_figure_manager and show.


def __getattr__(name):
    # Defined on first use, because `import webpipe` must not load matplotlib.
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
        """Stands for the window that other backends open."""

        def show(self):  # fig.show()
            _show_figure(self.canvas.figure)

        def destroy(self):
            """Keep the canvas of the figure, so that fig.show() still works after the figure was closed."""

        def get_window_title(self):
            return self._window_title

        def set_window_title(self, title):
            self._window_title = title

    class FigureCanvas(FigureCanvasAgg):
        manager_class = FigureManager

        def draw_idle(self, *args, **kwargs):
            """Do nothing: there is no window to update. A figure is drawn when it is shown."""

    globals().update(FigureCanvas=FigureCanvas, FigureManager=FigureManager)
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    if shell:
        shell.events.register("post_execute", _after_cell)


# matplotlib before 3.6 needs these functions; it does not call the __getattr__ of the module.


def new_figure_manager(num, *args, FigureClass=None, **kwargs):
    from matplotlib.figure import Figure

    return new_figure_manager_given_figure(num, (FigureClass or Figure)(*args, **kwargs))


def new_figure_manager_given_figure(num, figure):
    _define_backend()
    return FigureManager(FigureCanvas(figure), num)
