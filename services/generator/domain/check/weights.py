"""Weights and limits of the evidence, by kind and language; "1" is added always.

Written by `python -m benchmarks.generation weights`: fit again after a change of rules, never by hand.
"""

WEIGHTS: dict[str, dict[str, dict[str, float]]] = {
    "support": {
        "limit": {"en": 0.758, "zh": 0.714},
        "en": {
            "1": -1.997,
            "missing": 0.415,
            "share": 0.000,
            "fresh": 0.425,
            "fresh_share": 0.000,
            "asked": 0.430,
            "clause_fresh": 0.778,
            "without_figure": 0.470,
            "figures": 0.000,
            "together": -1.416,
            "clause_together": -0.374,
        },
        "zh": {
            "1": -2.925,
            "missing": 0.141,
            "share": 0.810,
            "fresh": 0.147,
            "fresh_share": 0.867,
            "asked": 0.189,
            "clause_fresh": 0.570,
            "without_figure": 0.202,
            "figures": -0.027,
            "together": -1.774,
            "clause_together": -0.599,
        },
    },
    "denial": {
        "limit": {"en": 0.32, "zh": 0.39},
        "en": {
            "1": 3.087,
            "against": 1.586,
            "firmly_against": 1.640,
            "clause": -2.245,
            "sentence": 0.000,
            "denials": -0.066,
            "figures": -1.034,
            "fresh_share": 0.000,
            "together": -0.539,
        },
        "zh": {
            "1": 4.101,
            "against": 2.085,
            "firmly_against": 1.229,
            "clause": -1.755,
            "sentence": -0.729,
            "denials": -0.543,
            "figures": -0.999,
            "fresh_share": 0.000,
            "together": -1.291,
        },
    },
}
