"""The network that is tuned: an encoder with one layer for intents and one for mentions."""

import torch
from torch import nn
from torch.nn import functional

from services.nlu.adapters.fine_tuning.encoders import Start


class Served(nn.Module):
    """What remains for serving: a vector of length 1 for each text and, if there are mentions, scores of the tags."""

    def __init__(self, start: Start, tags: int):
        super().__init__()
        self.encoder = start.model
        self.pooling = start.pooling
        self.dimensions = int(start.model.config.hidden_size)
        self.tags = nn.Linear(self.dimensions, tags) if tags else None

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        vector = functional.normalize(self._pooled(hidden.float(), attention_mask), dim=-1)
        return (vector, self.tags(hidden)) if self.tags is not None else (vector,)

    def _pooled(self, hidden: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        if self.pooling == "cls":
            return hidden[:, 0]
        weights = attention_mask.unsqueeze(-1).to(hidden.dtype)
        return (hidden * weights).sum(1) / weights.sum(1)


class Joint(nn.Module):
    """Adds the layer for intents. It reads the very vector that is served, so what it learns the heads can use."""

    def __init__(self, served: Served, intents: int):
        super().__init__()
        self.served = served
        self.intents = nn.Linear(served.dimensions, intents)
        self.register_buffer("centre", torch.zeros(served.dimensions))
        self.register_buffer("scale", torch.ones(()))

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Scores of the intents, then of the tags if there are any."""
        vector, *tags = self.served(input_ids, attention_mask)
        return self.intents((vector - self.centre) / self.scale), *tags

    def begin_with(self, vectors: torch.Tensor, weights: torch.Tensor, bias: torch.Tensor) -> None:
        """Takes the layer for intents from a regression over the standardised vectors of the untuned encoder."""
        with torch.no_grad():
            self.centre.copy_(vectors.mean(0))
            self.scale.copy_((vectors - self.centre).std())
            self.intents.weight.copy_(weights)
            self.intents.bias.copy_(bias)


def freeze_words(served: Served) -> None:
    """Keeps the word embeddings: most of a multilingual encoder, and most of it words that no example holds."""
    served.encoder.get_input_embeddings().weight.requires_grad_(False)


def freeze_below(served: Served, layers: int) -> list[int]:
    """Keeps all but so many of the upper layers; returns the places of those that move.

    What a training never reaches needs no gradient, which is most of the work, and no place in what is stored.
    """
    blocks = served.encoder.encoder.layer
    first = max(len(blocks) - layers, 0)
    for weight in served.encoder.parameters():
        weight.requires_grad_(False)
    for block in blocks[first:]:
        block.requires_grad_(True)
    return list(range(first, len(blocks)))
