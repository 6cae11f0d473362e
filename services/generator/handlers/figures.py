"""What generation counts."""

from prometheus_client import Counter, Histogram

UNSAID = Counter("deskbell_responses_unsaid_total", "Responses that could not be worded", ["response"])
ASKED = Counter(
    "deskbell_llm_replies_total", "Replies that a model was asked for, by what became of them", ["model", "end"]
)
FAULTS = Counter("deskbell_llm_faults_total", "Faults that the check found in what a model wrote", ["kind"])
SPOKE = Counter("deskbell_phrased_total", "Replies that a model may phrase, by who spoke in the end", ["rung"])
FIRST_S = Histogram(
    "deskbell_llm_first_sentence_seconds",
    "Time from asking a model to the first sentence shown",
    ["model"],
    buckets=(0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 30),
)
