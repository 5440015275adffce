"""Makes a student of a trained network: fewer layers, and of those the attention heads and hidden units that say least left out; training mends the rest."""

import copy

import torch

from network import HEAD_WIDTH
from texts import pad

#: The layers of a student are these of the teacher's six; of the teacher's twelve heads and 1,536 hidden units a layer keeps so many.
LAYERS, HEADS, FEED_UNITS = (0, 2, 4, 5), 8, 1024
ENCODER_LAYERS = 6
#: A student's layer answers for the teacher's layer of its own and those left out after it: the last of these.
ANSWERS_FOR = tuple(after - 1 for after in (*LAYERS[1:], ENCODER_LAYERS))


def student_of(network):
    student = copy.deepcopy(network)
    student.layers = torch.nn.ModuleList(student.layers[index] for index in LAYERS)
    return student


def prune(model, sequences):
    """Keeps in each layer what adds most to its output on the token lists: mean |activation| times the length of the output weights."""
    activity = mean_activity(model, sequences)
    for index, layer in enumerate(model.layers):
        of_heads = (activity[index, "attention_out"] * layer.out.weight.detach().norm(dim=0)).view(-1, HEAD_WIDTH).sum(1)
        keep_heads(layer, largest(of_heads, HEADS))
        of_units = activity[index, "feed_hidden"] * layer.down.weight.detach().norm(dim=0)
        keep_units(layer, largest(of_units, FEED_UNITS))


def largest(values, count):
    return values.topk(min(count, len(values))).indices.sort().values


@torch.no_grad()
def mean_activity(model, sequences):
    sums = {}

    def watch(layer, point, value):
        sums[layer, point] = sums.get((layer, point), 0) + value.float().abs().mean((0, 1))
        return value

    for sequence in sequences:
        model(*pad([sequence]), watch)
    return sums


def keep_heads(layer, kept):
    columns = (kept[:, None] * HEAD_WIDTH + torch.arange(HEAD_WIDTH)).flatten()
    width = layer.out.in_features
    layer.qkv = taken(layer.qkv, rows=torch.cat([part * width + columns for part in range(3)]))
    layer.out = taken(layer.out, columns=columns)


def keep_units(layer, kept):
    layer.up, layer.down = taken(layer.up, rows=kept), taken(layer.down, columns=kept)


def taken(dense, rows=slice(None), columns=slice(None)):
    """A dense layer of the chosen outputs (rows) and inputs (columns)."""
    weight, bias = dense.weight.detach()[rows][:, columns], dense.bias.detach()[rows]
    chosen = torch.nn.Linear(weight.shape[1], weight.shape[0])
    chosen.weight.data, chosen.bias.data = weight.clone(), bias.clone()
    return chosen
