from vaf.models.assessment import Assessment, Judgement, Level, Rating, Scale
from vaf.models.framework import Dimension, Factor, Framework

__all__ = [
    "Assessment",
    "Dimension",
    "Factor",
    "Framework",
    "Judgement",
    "Level",
    "Rating",
    "Scale",
]
