"""Weights and limits of the evidence, by kind and language; "1" is added always.

Written by `python -m benchmarks.generation weights`: fit again after a change of rules, never by hand.
"""

WEIGHTS: dict[str, dict[str, dict[str, float]]] = {
    "support": {
        "limit": {"en": 0.55, "zh": 0.194},
        "en": {
            "1": 0.796,
            "missing": 0.323,
            "share": -0.910,
            "fresh": 0.357,
            "fresh_share": -1.073,
            "asked": -0.331,
            "length": 0.128,
            "clause_fresh": 0.904,
            "together": -2.424,
            "clause_together": -0.554,
            "figures": -0.610,
            "denials": -2.051,
        },
        "zh": {
            "1": 0.087,
            "missing": 0.162,
            "share": 0.224,
            "fresh": 0.156,
            "fresh_share": 0.626,
            "asked": 0.505,
            "length": -0.527,
            "clause_fresh": 0.531,
            "together": -0.735,
            "clause_together": -1.123,
            "figures": -0.630,
            "denials": -1.065,
        },
    },
    "denial": {
        "limit": {"en": 0.212, "zh": 0.283},
        "en": {
            "1": 3.091,
            "against": 1.650,
            "firmly_against": 1.876,
            "clause": -3.395,
            "sentence": 0.985,
            "denials": -0.504,
            "figures": -1.097,
            "fresh_share": -0.452,
            "together": -0.274,
        },
        "zh": {
            "1": 5.291,
            "against": 1.922,
            "firmly_against": 1.721,
            "clause": -1.945,
            "sentence": -1.291,
            "denials": -0.960,
            "figures": -1.410,
            "fresh_share": -2.479,
            "together": -1.297,
        },
    },
}
