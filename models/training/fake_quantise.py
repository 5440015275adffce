"""int8 as the exported graph computes it, simulated in training: activations in fixed ranges, weights by output channel."""

import numpy as np
import torch

from network import QUANTISED_POINTS
from texts import pad

#: Weights are rounded to at most this: CPUs without VNNI add two products of an unsigned and a signed byte in 16 bits, and 255 * (64 + 64)
#: still fits. So all CPUs compute the same; with weights up to 127 scores differ between them by as much as .08.
MOST_WEIGHT = 64
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


def watch_quantised(ranges):
    """A `watch` for the network that rounds activations to uint8 and lets gradients through."""

    def watch(layer, point, value):
        scale, zero = (float(part) for part in activation_scale(*ranges[layer, point]))
        value = value.float()
        clamped = value.clamp(-zero * scale, (255 - zero) * scale)
        return clamped + (torch.round(clamped / scale) * scale - clamped).detach()

    return watch


def quantised_weight(weight):
    """[out, in] rounded to int8 by output channel, gradients passed through."""
    scale = weight.detach().abs().amax(1, keepdim=True).clamp(min=1e-8) / MOST_WEIGHT
    return weight + (torch.round(weight / scale) * scale - weight).detach()


def quantise_weights(model, on):
    """Lets every dense layer of the transformer compute with rounded weights, or with its own again."""
    for layer in model.layers:
        for dense in (layer.qkv, layer.out, layer.up, layer.down):
            if on:
                dense.fake_quantised = lambda dense=dense: quantised_weight(dense.weight)
            elif hasattr(dense, "fake_quantised"):
                del dense.fake_quantised
