"""Weights of the evidence."""

WEIGHTS: dict[str, dict[str, dict[str, float]]] = {
    "support": {"limit": {"en": -1.0, "zh": -1.0}, "en": {"1": 0.0, "missing": 0.0, "share": 0.0, "fresh": 0.0, "fresh_share": 0.0, "asked": 0.0, "length": 0.0, "clause_fresh": 0.0, "together": 0.0, "clause_together": 0.0, "figures": 0.0, "denials": 0.0}, "zh": {"1": 0.0, "missing": 0.0, "share": 0.0, "fresh": 0.0, "fresh_share": 0.0, "asked": 0.0, "length": 0.0, "clause_fresh": 0.0, "together": 0.0, "clause_together": 0.0, "figures": 0.0, "denials": 0.0}},
    "denial": {"limit": {"en": -1.0, "zh": -1.0}, "en": {"1": 0.0, "against": 0.0, "firmly_against": 0.0, "clause": 0.0, "sentence": 0.0, "denials": 0.0, "figures": 0.0, "fresh_share": 0.0, "together": 0.0}, "zh": {"1": 0.0, "against": 0.0, "firmly_against": 0.0, "clause": 0.0, "sentence": 0.0, "denials": 0.0, "figures": 0.0, "fresh_share": 0.0, "together": 0.0}},
}
