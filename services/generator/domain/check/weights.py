"""Weights and limits of the evidence, by kind and language; "1" is added always.

Written by `python -m benchmarks.generation weights`: fit again after a change of rules, never by hand.
"""

WEIGHTS: dict[str, dict[str, dict[str, float]]] = {
    "support": {
        "limit": {"en": 0.806, "zh": 0.834},
        "en": {
            "1": -1.279,
            "missing": 0.370,
            "share": 0.000,
            "fresh": 0.405,
            "fresh_share": 0.000,
            "asked": 0.319,
            "clause_fresh": 0.722,
            "without_figure": 0.512,
            "figures": 0.000,
            "together": -1.665,
            "clause_together": -0.778,
        },
        "zh": {
            "1": -2.828,
            "missing": 0.155,
            "share": 0.759,
            "fresh": 0.154,
            "fresh_share": 0.767,
            "asked": 0.338,
            "clause_fresh": 0.627,
            "without_figure": 0.115,
            "figures": 0.000,
            "together": -1.791,
            "clause_together": -0.414,
        },
    },
    "denial": {
        "limit": {"en": 0.32, "zh": 0.486},
        "en": {
            "1": 4.003,
            "against": 1.588,
            "firmly_against": 1.639,
            "clause": -1.821,
            "sentence": -0.735,
            "denials": 0.038,
            "figures": -1.049,
            "fresh_share": 0.000,
            "together": -1.223,
        },
        "zh": {
            "1": 4.703,
            "against": 2.155,
            "firmly_against": 1.376,
            "clause": -2.183,
            "sentence": -0.807,
            "denials": -0.575,
            "figures": -0.958,
            "fresh_share": 0.000,
            "together": -1.478,
        },
    },
}
