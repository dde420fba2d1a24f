"""Writes all-MiniLM-L6-v2 as an ONNX graph, from its weights, in the operators that run fastest on a CPU."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import onnx

Weights = Mapping[str, NDArray[np.float32]]

_INPUT, _OUTPUT = "input_ids", "embedding"
_DIM, _LAYERS, _HEADS, _EPSILON = 384, 6, 12, 1e-12
_OPSET, _IR = 17, 8
# ONNX Runtime's own operators: fused attention, GELU with its bias, 8-bit products.
_ORT = "com.microsoft"


def write(weights: Weights, *, int8: bool) -> "onnx.ModelProto":
    """A graph from token ids (int64 [texts, tokens]) to unit vectors (float32 [texts, 384]).

    It takes no attention mask: texts of one call must have the same number of tokens. ``int8`` keeps
    the layers' weights in 8 bits, a scale for each output, and the activations likewise while running.
    """
    graph = _Graph(int8=int8)
    hidden = _embeddings(graph, weights)
    for layer in range(_LAYERS):
        prefix = f"encoder.layer.{layer}."
        own = {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}
        hidden = _layer(graph, own, hidden)
    pooled = graph.add("ReduceMean", [hidden], axes=[1], keepdims=0)
    graph.add("LpNormalization", [pooled], out=_OUTPUT, axis=-1, p=2)
    return graph.model()


class _Graph:
    """Nodes and constants of a graph that is being written."""

    def __init__(self, *, int8: bool) -> None:
        from onnx import helper, numpy_helper

        self._onnx, self._arrays = helper, numpy_helper
        self._int8 = int8
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def add(self, operator: str, inputs: Sequence[str], *, out: str = "", **attributes: Any) -> str:
        """A node with one output, whose name is returned."""
        return self.add_all(operator, inputs, [out or f"n{len(self._nodes)}"], **attributes)[0]

    def add_all(
        self, operator: str, inputs: Sequence[str], outputs: list[str], domain: str = "", **attributes: Any
    ) -> list[str]:
        """A node with several outputs, whose names are returned."""
        self._nodes.append(self._onnx.make_node(operator, inputs, outputs, domain=domain, **attributes))
        return outputs

    def constant(self, value: NDArray[Any]) -> str:
        """A tensor that is part of the graph."""
        name = f"c{len(self._constants)}"
        self._constants.append(self._arrays.from_array(np.ascontiguousarray(value), name))
        return name

    def product(self, left: str, right: NDArray[np.float32]) -> str:
        """``left @ right``."""
        if not self._int8:
            return self.add("MatMul", [left, self.constant(right)])
        small, scales = _eight_bits(right)
        inputs = [left, self.constant(small), self.constant(scales)]
        return self.add("DynamicQuantizeMatMul", inputs, domain=_ORT)

    def attention(self, hidden: str, right: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        """Self-attention; ``right`` holds the query, key and value projections side by side."""
        if not self._int8:
            inputs = [hidden, self.constant(right), self.constant(bias)]
            return self.add("Attention", inputs, domain=_ORT, num_heads=_HEADS)
        names = [f"n{len(self._nodes)}{part}" for part in ("", "scale", "zero")]
        small, scale, zero = self.add_all("DynamicQuantizeLinear", [hidden], names)
        weight, scales = _eight_bits(right)
        known = [self.constant(weight), self.constant(bias), scale, self.constant(scales)]
        zeros = self.constant(np.zeros_like(scales, dtype=np.int8))
        return self.add("QAttention", [small, *known, "", zero, zeros], domain=_ORT, num_heads=_HEADS)

    def model(self) -> "onnx.ModelProto":
        """What was written so far, as a model."""
        from onnx import TensorProto

        helper = self._onnx
        tokens = helper.make_tensor_value_info(_INPUT, TensorProto.INT64, ["texts", "tokens"])
        vectors = helper.make_tensor_value_info(_OUTPUT, TensorProto.FLOAT, ["texts", _DIM])
        graph = helper.make_graph(self._nodes, "minilm", [tokens], [vectors], self._constants)
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_ORT, 1)]
        model: onnx.ModelProto = helper.make_model(graph, opset_imports=opsets, ir_version=_IR)
        return model


def _embeddings(graph: _Graph, weights: Weights) -> str:
    # There is one kind of segment, so its vector is part of every position's.
    words, segment = (weights[f"embeddings.{kind}_embeddings.weight"] for kind in ("word", "token_type"))
    positions = weights["embeddings.position_embeddings.weight"] + segment[0]
    zero, one, two = (graph.constant(np.array([n], dtype=np.int64)) for n in (0, 1, 2))
    length = graph.add("Slice", [graph.add("Shape", [_INPUT]), one, two])
    places = graph.add("Slice", [graph.constant(positions), zero, length])
    total = graph.add("Add", [graph.add("Gather", [graph.constant(words), _INPUT]), places])
    return _normalised(graph, weights, "embeddings.LayerNorm", total)


def _layer(graph: _Graph, weights: Weights, hidden: str) -> str:
    parts = [f"attention.self.{name}" for name in ("query", "key", "value")]
    projections = np.concatenate([weights[f"{part}.weight"].T for part in parts], axis=1)
    biases = np.concatenate([weights[f"{part}.bias"] for part in parts])
    seen = graph.attention(hidden, projections, biases)
    hidden = _joined(graph, weights, "attention.output", seen, hidden)
    wide = graph.product(hidden, weights["intermediate.dense.weight"].T)
    bias = graph.constant(weights["intermediate.dense.bias"])
    return _joined(graph, weights, "output", graph.add("BiasGelu", [wide, bias], domain=_ORT), hidden)


def _joined(graph: _Graph, weights: Weights, name: str, update: str, hidden: str) -> str:
    """``update`` projected and added to ``hidden``.

    Plain Add and LayerNormalization: the fused SkipLayerNormalization took several times as long.
    """
    projected = graph.product(update, weights[f"{name}.dense.weight"].T)
    shifted = graph.add("Add", [projected, graph.constant(weights[f"{name}.dense.bias"])])
    return _normalised(graph, weights, f"{name}.LayerNorm", graph.add("Add", [shifted, hidden]))


def _normalised(graph: _Graph, weights: Weights, name: str, value: str) -> str:
    scale, bias = (graph.constant(weights[f"{name}.{part}"]) for part in ("weight", "bias"))
    return graph.add("LayerNormalization", [value, scale, bias], axis=-1, epsilon=_EPSILON)


def _eight_bits(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """``weight`` as int8, and the scale of each of its columns: one for all would cost 0.1 of cosine."""
    scales = np.abs(weight).max(axis=0) / 127
    return np.rint(weight / scales).astype(np.int8), scales.astype(np.float32)
