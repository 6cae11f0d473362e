"""Weights and limits of the evidence, by kind and language; "1" is added always.

Written by `python -m benchmarks.generation weights`: fit again after a change of rules, never by hand.
"""

WEIGHTS: dict[str, dict[str, dict[str, float]]] = {
    "support": {
        "limit": {"en": 0.534, "zh": 0.189},
        "en": {
            "1": 0.781,
            "missing": 0.334,
            "share": -0.934,
            "fresh": 0.369,
            "fresh_share": -1.132,
            "asked": -0.338,
            "length": 0.145,
            "clause_fresh": 0.906,
            "together": -2.416,
            "clause_together": -0.580,
            "figures": -0.606,
            "denials": -2.099,
        },
        "zh": {
            "1": 0.071,
            "missing": 0.162,
            "share": 0.225,
            "fresh": 0.156,
            "fresh_share": 0.621,
            "asked": 0.521,
            "length": -0.525,
            "clause_fresh": 0.530,
            "together": -0.722,
            "clause_together": -1.128,
            "figures": -0.599,
            "denials": -1.065,
        },
    },
    "denial": {
        "limit": {"en": 0.212, "zh": 0.284},
        "en": {
            "1": 3.086,
            "against": 1.762,
            "firmly_against": 1.807,
            "clause": -3.037,
            "sentence": 0.602,
            "denials": -0.523,
            "figures": -1.094,
            "fresh_share": -0.427,
            "together": -0.216,
        },
        "zh": {
            "1": 5.062,
            "against": 1.941,
            "firmly_against": 1.743,
            "clause": -1.858,
            "sentence": -1.042,
            "denials": -0.929,
            "figures": -1.350,
            "fresh_share": -2.626,
            "together": -1.400,
        },
    },
}
