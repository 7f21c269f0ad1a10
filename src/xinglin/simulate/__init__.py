"""Synthetic places on the real divisions, calibrated to published figures where there are any.

Example:
    >>> from xinglin.simulate import lianzhou_2020, simulate_county
    >>> tables = simulate_county(lianzhou_2020(), year=2020, seed=1)
    >>> tables["visit"].num_rows
    60000
"""

from xinglin.simulate.calibration import calibrated, lianzhou_2020, read_parameters
from xinglin.simulate.county import simulate_county
from xinglin.simulate.defaults import default_parameters
from xinglin.simulate.errors import SimulationError
from xinglin.simulate.parameters import CountyParameters, Gaps, Published
from xinglin.simulate.published import Comparison, compare
from xinglin.simulate.run import SimulationReport, parameters_for, simulate, simulate_many

__all__ = [
    "Comparison",
    "CountyParameters",
    "Gaps",
    "Published",
    "SimulationError",
    "SimulationReport",
    "calibrated",
    "compare",
    "default_parameters",
    "lianzhou_2020",
    "parameters_for",
    "read_parameters",
    "simulate",
    "simulate_county",
    "simulate_many",
]
