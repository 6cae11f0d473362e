"""Weights and limits of the evidence, by kind and language; "1" is added always.

Written by `python -m benchmarks.generation weights`: fit again after a change of rules, never by hand.
"""

WEIGHTS: dict[str, dict[str, dict[str, float]]] = {
    "support": {
        "limit": {"en": 0.659, "zh": 0.448},
        "en": {
            "1": -1.340,
            "missing": 0.344,
            "share": 0.000,
            "fresh": 0.357,
            "fresh_share": 0.000,
            "asked": 0.165,
            "clause_fresh": 0.723,
            "without_figure": 0.534,
            "figures": 0.000,
            "together": -2.256,
            "clause_together": -0.493,
        },
        "zh": {
            "1": -3.042,
            "missing": 0.139,
            "share": 0.815,
            "fresh": 0.136,
            "fresh_share": 0.980,
            "asked": 0.369,
            "clause_fresh": 0.535,
            "without_figure": 0.186,
            "figures": -0.033,
            "together": -1.776,
            "clause_together": -0.044,
        },
    },
    "denial": {
        "limit": {"en": 0.212, "zh": 0.257},
        "en": {
            "1": 3.173,
            "against": 1.778,
            "firmly_against": 1.810,
            "clause": -2.758,
            "sentence": 0.000,
            "denials": -0.515,
            "figures": -1.097,
            "fresh_share": 0.000,
            "together": 0.000,
        },
        "zh": {
            "1": 4.282,
            "against": 1.909,
            "firmly_against": 1.703,
            "clause": -1.902,
            "sentence": -1.216,
            "denials": -0.900,
            "figures": -1.361,
            "fresh_share": 0.000,
            "together": -0.390,
        },
    },
}
