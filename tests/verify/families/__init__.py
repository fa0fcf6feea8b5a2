"""Importing this package registers every family; each module knows one kind of question."""
from . import algebra, calculus, counting, equations, geometry, numbers, sequences, statistics, words  # noqa: F401
from .core import FAMILIES, Case, draw  # noqa: F401
