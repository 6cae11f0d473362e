"""A strong start: the layer for intents as a regression over the untuned encoder finds it."""

from collections.abc import Sequence

import torch
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from services.nlu.adapters.fine_tuning.device import Device
from services.nlu.adapters.fine_tuning.measuring import vectors_of
from services.nlu.adapters.fine_tuning.model import Joint
from services.nlu.adapters.fine_tuning.rows import Row

STRENGTH = 0.05


def begin(model: Joint, rows: Sequence[Row], pad_id: int, device: Device) -> None:
    """Fits and sets the layer. With it the first steps refine what is known instead of spoiling it."""
    vectors = vectors_of(model, rows, pad_id, device)
    scaled = ((vectors - vectors.mean(0)) / (vectors - vectors.mean(0)).std()).numpy()
    regression = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=200, tol=1e-3)
    with threadpool_limits(limits=1, user_api="blas"):
        regression.fit(scaled, [row.intent for row in rows])
    weights, bias = torch.zeros_like(model.intents.weight), torch.zeros_like(model.intents.bias)
    found, intercept = torch.from_numpy(regression.coef_).float(), torch.from_numpy(regression.intercept_).float()
    # Of two intents the regression tells only how much likelier the second is.
    seen = regression.classes_ if len(found) > 1 else regression.classes_[1:]
    weights[seen], bias[seen] = found.to(weights.device), intercept.to(bias.device)
    model.begin_with(vectors.to(weights.device), weights, bias)
