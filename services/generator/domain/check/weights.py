"""Weights and limits of the evidence, by kind and language; "1" is added always.

Written by `python -m benchmarks.generation weights`: fit again after a change of rules, never by hand.
"""

WEIGHTS: dict[str, dict[str, dict[str, float]]] = {
    "support": {
        "limit": {"en": 0.775, "zh": 0.724},
        "en": {
            "1": -1.394,
            "missing": 0.388,
            "share": 0.000,
            "fresh": 0.391,
            "fresh_share": 0.000,
            "asked": 0.510,
            "clause_fresh": 0.712,
            "without_figure": 0.563,
            "figures": 0.000,
            "together": -1.909,
            "clause_together": -0.644,
        },
        "zh": {
            "1": -3.262,
            "missing": 0.135,
            "share": 1.071,
            "fresh": 0.140,
            "fresh_share": 1.312,
            "asked": 0.219,
            "clause_fresh": 0.565,
            "without_figure": 0.223,
            "figures": -0.084,
            "together": -1.626,
            "clause_together": -0.314,
        },
    },
    "denial": {
        "limit": {"en": 0.244, "zh": 0.285},
        "en": {
            "1": 3.411,
            "against": 1.593,
            "firmly_against": 1.679,
            "clause": -2.246,
            "sentence": 0.000,
            "denials": -0.069,
            "figures": -1.047,
            "fresh_share": 0.000,
            "together": -0.910,
        },
        "zh": {
            "1": 4.187,
            "against": 2.124,
            "firmly_against": 1.289,
            "clause": -1.781,
            "sentence": -0.682,
            "denials": -0.557,
            "figures": -1.008,
            "fresh_share": 0.000,
            "together": -1.422,
        },
    },
}
