"""What can stop a picture from being blurred, each with a stable code.

Answers: which code goes into the record when pixels cannot be decided upon? Errors about one
picture (`PictureError`) become that picture's outcome; the others stop the run. Translated into
the registry's own tree once, at its border. Refuses to hold anything but a sentence and a code.
"""

from typing import ClassVar


class BlurringError(Exception):
    """Anything that blurring refuses.

    Attributes:
        code: kebab-case and stable; a reason code where it concerns one picture.
    """

    code: ClassVar[str] = "blurring"


class PictureError(BlurringError):
    """This one picture cannot be processed; the others can."""

    code = "undecodable"


class UndecodableError(PictureError):
    """The bytes are no picture, or not all of one."""


class UnsupportedFormatError(PictureError):
    """A picture, in a format or colour mode that cannot be written back in kind."""

    code = "unsupported-format"


class SeveralFramesError(PictureError):
    """An animation or a stack of pages: a face may be in a frame that nobody looked at."""

    code = "several-frames"


class BombError(PictureError):
    """Few bytes that open into too many pixels, or simply too many pixels."""

    code = "decompression-bomb"


class SourceChangedError(PictureError):
    """The bytes read now are not the bytes recorded at import."""

    code = "source-changed"


class UnreadableError(PictureError):
    """The file cannot be opened or read."""

    code = "unreadable"


class WorkerDiedError(PictureError):
    """This picture ends every process that works on it."""

    code = "worker-died"


class UnforeseenError(PictureError):
    """This picture meets a case that blurring was not written for."""

    code = "unforeseen"


class RecipeError(BlurringError):
    """The recipe is not one, or its name is not known."""

    code = "recipe"


class ReportError(BlurringError):
    """A blur report that is none, or that belongs to another run."""

    code = "report"


class TruthError(BlurringError):
    """Judged boxes that cannot be read, or that fit none of the pictures."""

    code = "truth"


class DetectorError(BlurringError):
    """The detector or its weights are missing, or the weights are not the recipe's."""

    code = "detector"


class DeviceError(BlurringError):
    """The device that was named is not there, or this detector cannot use it."""

    code = "device"


class EngineError(BlurringError):
    """No picture is to blame: workers never begin, the sink cannot store, or every picture meets the same."""

    code = "engine"
