"""What can be asked of the simulator and cannot be done."""

from xinglin.base.errors import XinglinError


class SimulationError(XinglinError):
    """The parameters contradict each other or the place cannot be simulated; the message says what to do."""
