"""Makes a cross-encoder of the true shape of deberta-v3-base-zeroshot-v2.0 (12 layers, 768 wide, 128,100 pieces) with
random weights, for proving memory, time and quantising where the published weights cannot be had. It says nothing
about accuracy.

    python -m venv /tmp/tiny && /tmp/tiny/bin/pip install -r models/training/requirements-tiny.txt
    /tmp/tiny/bin/python models/training/make_random_nli.py /tmp/random-nli

The folder gets model.onnx (738 MB), config.json, the fixture's tokenizer.json (its pieces are a few of the 128,100) and
golden.jsonl from the reference. The last layer is scaled and centred on a few pairs, because plain random weights answer
every pair with nearly one half, and a decision that is always a tie proves nothing.
"""

import argparse
import pathlib
import shutil

import torch
from tokenizers import Tokenizer

from make_tiny_nli import OUT as TINY
from make_tiny_nli import SETS, TEXTS, export, random_nli, write_golden

SPREAD = 3.0


def make_model():
    torch.manual_seed(7)
    return random_nli(vocab_size=128100, hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072)


def spread_decisions(model, tokenizer):
    """Scales and centres the classifier so that the two logits' difference has mean 0 and the given deviation."""
    labels, template = SETS[0]
    pairs = [tokenizer.encode(text[:200], template.format(label)).ids for text in TEXTS for label in labels]
    with torch.no_grad():
        logits = torch.stack([model(input_ids=torch.tensor([ids])).logits[0] for ids in pairs])
        difference = logits[:, 0] - logits[:, 1]
        scale = SPREAD / difference.std()
        model.classifier.weight.mul_(scale)
        model.classifier.bias.copy_(-scale * logits.mean(0))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(TINY / "tokenizer.json", folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    model = make_model()
    spread_decisions(model, tokenizer)
    model.config.save_pretrained(str(folder))
    export(model, str(folder / "model.onnx"))
    write_golden(model, tokenizer, folder / "golden.jsonl")


if __name__ == "__main__":
    main()
