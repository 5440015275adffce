"""The ranges in which int8 kernels hold activations, frozen once for all texts."""

import numpy as np
import torch

from network import QUANTISED_POINTS
from texts import pad

#: A range leaves out this share of the texts' extremes at either end.
TAIL = 0.005


def activation_ranges(model, sequences):
    """{(layer, point): (low, high)}: quantiles over texts of each text's extremes, zero always inside."""
    extremes = {(layer, point): [] for layer in range(len(model.layers)) for point in QUANTISED_POINTS}

    def watch(layer, point, value):
        extremes[layer, point].append((min(0.0, float(value.min())), max(0.0, float(value.max()))))
        return value

    with torch.no_grad():
        for sequence in sequences:
            model(*pad([sequence]), watch)
    return {
        key: (float(np.quantile([low for low, _ in seen], TAIL)), float(np.quantile([high for _, high in seen], 1 - TAIL)))
        for key, seen in extremes.items()
    }


def activation_scale(low, high):
    scale = np.float32((high - low) / 255)
    return scale, np.uint8(np.clip(round(-low / scale), 0, 255))
