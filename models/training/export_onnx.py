"""Writes the starter network as one int8 ONNX graph with frozen activation scales.

The graph is built node by node, because exporters leave the transposes and casts in that cost more than the arithmetic:
QAttention (int8 projection and attention in one), MatMulIntegerToFloat, and Sum + LayerNormalization in the place of
SkipLayerNormalization, which is several times slower in onnxruntime 1.30.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from activation_ranges import activation_scale
from network import HEAD_WIDTH, WIDTH
from texts import LEVELS

CONTRIB = "com.microsoft"
EPSILON = 1e-12
#: Weights are rounded to at most this: CPUs without VNNI add two products of an unsigned and a signed byte in 16 bits, and 255 * (64 + 64)
#: still fits. So all CPUs compute the same; with weights up to 127 scores differ between them by as much as .08.
MOST_WEIGHT = 64


class GraphBuilder:
    def __init__(self):
        self.nodes, self.constants = [], {}

    def constant(self, name, value):
        self.constants.setdefault(name, numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def add(self, kind, inputs, output=None, domain="", **attributes):
        outputs = output if isinstance(output, list) else [output or f"{kind}_{len(self.nodes)}"]
        self.nodes.append(helper.make_node(kind, inputs, outputs, f"{kind}_{len(self.nodes)}", domain=domain, **attributes))
        return outputs[0]


def array(parameter):
    return parameter.detach().float().cpu().numpy()


def int8_rows(weight, most=127):
    """[rows, columns] -> int8 of the same shape, none beyond `most`, and one float scale a row."""
    scale = np.maximum(np.abs(weight).max(1, keepdims=True), 1e-8) / most
    return np.round(weight / scale).astype(np.int8), scale.astype(np.float32)


def export_onnx(model, ranges, path):
    """Inputs `input_ids`, `attention_mask` int64 [batch, sequence]; outputs `embedding` [batch, 384], `severity_logits` [batch, 5]."""
    graph = GraphBuilder()
    x = embed(graph, model)
    mask = graph.add("Cast", ["attention_mask"], to=TensorProto.INT32)
    for index, layer in enumerate(model.layers):
        x = transformer_layer(graph, index, layer, ranges, x, mask)
    pool(graph, model, x)
    int64 = lambda name: helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])
    floats = lambda name, width: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", width])
    built = helper.make_graph(
        graph.nodes,
        "starter",
        [int64("input_ids"), int64("attention_mask")],
        [floats("embedding", WIDTH), floats("severity_logits", len(LEVELS))],
        list(graph.constants.values()),
    )
    onnx.save(helper.make_model(built, opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid(CONTRIB, 1)], ir_version=9), path)


def embed(graph, model):
    rows, scales = int8_rows(array(model.words.weight))
    words = graph.add("Cast", [graph.add("Gather", [graph.constant("words", rows), "input_ids"])], to=TensorProto.FLOAT)
    words = graph.add("Mul", [words, graph.add("Gather", [graph.constant("word_scales", scales), "input_ids"])])
    zero, one, two = (graph.constant(name, np.array([value], np.int64)) for name, value in (("zero", 0), ("one", 1), ("two", 2)))
    length = graph.add("Slice", [graph.add("Shape", ["input_ids"]), one, two])
    positions = graph.add("Slice", [graph.constant("positions", array(model.positions)), zero, length])
    return normalise(graph, "embedding", model.norm, graph.add("Add", [words, positions]))


def normalise(graph, name, norm, x):
    weight, bias = graph.constant(f"{name}.norm", array(norm.weight)), graph.constant(f"{name}.norm_bias", array(norm.bias))
    return graph.add("LayerNormalization", [x, weight, bias], axis=-1, epsilon=EPSILON)


def transformer_layer(graph, index, layer, ranges, x, mask):
    def quantise(point, value):
        scale, zero = activation_scale(*ranges[index, point])
        names = [graph.constant(f"{index}.{point}.scale", scale), graph.constant(f"{index}.{point}.zero", zero)]
        return [graph.add("QuantizeLinear", [value, *names]), *names]

    def weights(point, dense):
        rows, scale = int8_rows(array(dense.weight), MOST_WEIGHT)
        name = f"{index}.{point}"
        zero = graph.constant(f"{name}.weight_zero", np.zeros(len(rows), np.int8))
        return [
            graph.constant(f"{name}.weight", rows.T),
            graph.constant(f"{name}.weight_scale", scale[:, 0]),
            zero,
            graph.constant(f"{name}.bias", array(dense.bias)),
        ]

    def dense(point, layer, value):
        (rounded, scale, zero), (weight, weight_scale, weight_zero, bias) = quantise(point, value), weights(point, layer)
        return graph.add("MatMulIntegerToFloat", [rounded, weight, scale, weight_scale, zero, weight_zero, bias], domain=CONTRIB)

    (rounded, scale, zero), (weight, weight_scale, weight_zero, bias) = quantise("attention_in", x), weights("attention_in", layer.qkv)
    context = graph.add(
        "QAttention",
        [rounded, weight, bias, scale, weight_scale, mask, zero, weight_zero],
        domain=CONTRIB,
        num_heads=layer.out.in_features // HEAD_WIDTH,
    )
    x = normalise(graph, f"{index}.1", layer.norm1, graph.add("Sum", [x, dense("attention_out", layer.out, context)]))
    hidden = graph.add("Gelu", [dense("feed_in", layer.up, x)], domain=CONTRIB)
    return normalise(graph, f"{index}.2", layer.norm2, graph.add("Sum", [x, dense("feed_hidden", layer.down, hidden)]))


def pool(graph, model, x):
    """Mean and attention pooling as one product of [batch, 2, sequence] with the tokens."""
    one, last = graph.constant("one", np.array([1], np.int64)), graph.constant("last", np.array([-1], np.int64))
    mask = graph.add("Cast", ["attention_mask"], to=TensorProto.FLOAT)
    mean = graph.add("Div", [mask, graph.add("ReduceSum", [mask, one], keepdims=1)])
    # The attention's bias moves every token alike and is gone after the softmax.
    score = graph.add("Squeeze", [graph.add("MatMul", [x, graph.constant("pool", array(model.attention.weight).T)]), last])
    outside = graph.add("Mul", [graph.add("Sub", [graph.constant("unit", np.float32(1)), mask]), graph.constant("far", np.float32(-1e4))])
    weights = graph.add("Softmax", [graph.add("Add", [score, outside])], axis=1)
    both = graph.add("Concat", [graph.add("Unsqueeze", [mean, one]), graph.add("Unsqueeze", [weights, one])], axis=1)
    graph.add("Split", [graph.add("MatMul", [both, x])], ["mean", "pooled"], axis=1, num_outputs=2)
    graph.add("LpNormalization", [graph.add("Squeeze", ["mean", one])], "embedding", axis=-1, p=2)
    hidden = graph.add("Gelu", [gemm(graph, "hidden", model.hidden, graph.add("Squeeze", ["pooled", one]))], domain=CONTRIB)
    gemm(graph, "severity", model.severity, hidden, "severity_logits")


def gemm(graph, name, dense, x, output=None):
    return graph.add(
        "Gemm", [x, graph.constant(f"{name}.weight", array(dense.weight).T), graph.constant(f"{name}.bias", array(dense.bias))], output
    )
