"""What does another pair of eyes still find in a picture that has been blurred?

Answers: where does a different detector, or the same in another scale, see a face in the *output*? What it finds goes
to a person: a face that was missed, or one that shows through its blur. Refuses to change a pixel, and to blur on its
own account: blurring again where a detector is unsure would hide from people what it is unsure about.
"""

from blurring.boxes import Box, to_stored
from blurring.detectors import Detector
from blurring.known import Known, is_among
from blurring.pictures import Picture, upright_rgb
from blurring.recipe import SecondLook


def found_again(
    output: Picture, look: SecondLook, detector: Detector, known: Known, asked: tuple[Box, ...]
) -> tuple[Box, ...]:
    """What a person should look at in the output, in stored pixels, best first.

    Args:
        output: as it would be released.
        look: which detector, and from which score on.
        detector: opened for `look`.
        known: what people have decided; what they found hidden well enough is not asked again.
        asked: boxes about which a person is asked, or has answered, anyway.
    """
    found = (box for box in detector.detect(upright_rgb(output)) if box.score >= look.detector.threshold)
    stored = (to_stored(box, output.orientation, output.width, output.height) for box in found)
    return tuple(box for box in stored if not is_among(box, (*known.hidden, *asked)))
