"""Pure: one verb of a printf format, with what stands before it."""

from nerdpy.dataclass import dataclass


@dataclass(frozen=True)
class Directive:
    """`%-08.3f` is the verb `f`, the flags `-0`, the width 8 and the precision 3."""

    verb: str
    flags: str = ""
    width: int | None = None
    precision: int | None = None

    @property
    def pads_right(self) -> bool:
        return "-" in self.flags

    @property
    def pads_zeros(self) -> bool:
        return "0" in self.flags and not self.pads_right
