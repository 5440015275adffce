"""Trains the starter model and writes it into a models folder: `train_starter.py DATA_FOLDER MODELS_FOLDER [--compare] [--steps N] [--without PART ...]`.

DATA_FOLDER holds log-statements.jsonl.gz, loghub/ and enterprise-logs.train.csv; our own lines come from lines/. Seeded; two CPU cores are enough, a GPU is used where there is one.
Sixteen repositories and the real systems are never trained on, so that the shipped weights can be measured on them.
`--compare` also keeps a fifth of our own pairs out, prints what the model makes of what was held out (and, last, how well it learned the
concepts' lines) and writes nothing: so the choices in the model card were compared, `--without` leaving parts out.

Not every run has every part:
- `pairs` and `contrast` are of every run: the two half runs, the teacher's and the student's.
- `taste`, `ordinal` and `distillation` (closeness to the published encoder) are of runs that learn from labels alone: the half runs, the
  teacher's, and the student's `--without teacher`. A taught student has no taste, is always graded by ordered cuts and always drawn to
  its teacher's embeddings, so without one of these it only learns from another teacher. `dropout` is of the same runs.
- `opinions` are the half runs' word in the teacher's targets (and the first half run's in the second's), as far as these are ordered
  cuts: `--without teacher` is without them too, and `--without ordinal` they are made but not heard.
- `teacher` and `pruning` are of the student.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass

import numpy as np
import torch

from activation_ranges import activation_ranges
from export_onnx import export_onnx
from losses import cut_logits
from measure import measure, measure_opinions
from network import HEAD_WIDTH, WIDTH, Starter, load_tokenizer
from prune import ENCODER_LAYERS, LAYERS, prune, student_of
from texts import held_out_repositories, infer, kept_apart, read_texts, share, tokenise
from training_loop import train
from write_manifest import refuse_incomplete, write_manifest

HERE = pathlib.Path(__file__).resolve().parent
PARTS = ("taste", "dropout", "ordinal", "opinions", "pairs", "contrast", "distillation", "teacher", "pruning")
#: A student learns so many times the steps of its teacher.
STUDENT_FACTOR = 2
#: Lines that say plainly what is wrong stand so often among our own, most of which are hard on purpose.
PLAIN_REPEATS = 3


@dataclass
class Texts:
    statements: list
    #: Statements of held-out repositories.
    foreign: list
    pairs: list
    held_pairs: list
    systems: list
    #: Concept or category -> its lines, and its descriptions.
    lines: dict
    descriptions: dict


def split(rows, compare):
    of = lambda name: [row for row in rows if row["set"] == name]
    held = held_out_repositories(rows)
    out = lambda row: compare and share(row["group"]) < 0.2
    lines, descriptions = {}, {}
    for row in of("concept"):
        (descriptions if row["kind"] == "description" else lines).setdefault(row["target"], []).append(row)
    for row in of("category") + of("enterprise"):
        if kept_apart(row["masked"]):
            continue
        if row["target"] in descriptions:
            lines.setdefault(row["target"], []).append(row)
    is_plain = lambda row: row["kind"] == "plain"
    own = [row for row in of("pair") if not (is_plain(row) and kept_apart(row["masked"]))]
    return Texts(
        statements=[row for row in of("statement") if row["group"] not in held],
        foreign=[row for row in of("statement") if row["group"] in held],
        pairs=[row for row in own if not out(row) for _ in range(PLAIN_REPEATS if is_plain(row) else 1)],
        held_pairs=[row for row in of("pair") if out(row)],
        systems=of("system"),
        lines={name: rows for name, rows in lines.items() if name in descriptions and len(rows) > 2},
        descriptions=descriptions,
    )


def embed_by_encoder(texts):
    """The published encoder's embedding of two thirds of the statements, in half precision."""
    network = Starter(range(ENCODER_LAYERS)).eval()
    chosen = [row for index, row in enumerate(texts.statements) if (index // 2) % 3]
    goals = infer(network, [row["ids"] for row in chosen])[:, :WIDTH].astype(np.float16)
    for row, goal in zip(chosen, goals):
        row["goal"] = goal


def calibration_sequences(texts, count):
    """Token lists in whose range the activations are frozen: statements, pairs and lines of categories alike."""
    chooser = random.Random(3)
    pools = [texts.statements, texts.pairs, [row for rows in texts.lines.values() for row in rows]]
    return [row["ids"] for pool in pools for row in chooser.sample(pool, min(count, len(pool)))]


def train_teacher(texts, steps, parts):
    """A run with all layers. Before it two shorter ones, on a half of the repositories each, grade the other half's statements;
    their grades are mixed into what it aims at (the first's into what the second does)."""

    def run(statements, steps):
        network = Starter(range(ENCODER_LAYERS))
        train(network, texts, statements, steps, parts)
        return network

    if "opinions" in parts:
        halves = [], []
        for row in texts.statements:
            halves[share("half" + row["group"]) < 0.5].append(row)
        for mine, others in (halves, halves[::-1]):
            logits = infer(run(mine, steps // 2), [row["ids"] for row in others])[:, WIDTH:]
            for row, opinion in zip(others, cut_logits(torch.from_numpy(logits)).sigmoid().numpy().astype(np.float16)):
                row["opinion"] = opinion
    return run(texts.statements, steps)


def train_starter(texts, steps, parts):
    teacher = train_teacher(texts, steps, parts) if "teacher" in parts else None
    model = student_of(teacher or Starter(range(ENCODER_LAYERS)))
    if "pruning" in parts:
        prune(model, calibration_sequences(texts, 100))
    train(model, texts, texts.statements, STUDENT_FACTOR * steps if teacher else steps, parts, teacher=teacher)
    return model


def prepared_texts(data):
    with tempfile.TemporaryDirectory() as scratch:
        path = pathlib.Path(scratch) / "texts.jsonl"
        done = subprocess.run(["npx", "--no-install", "node", str(HERE / "prepare-texts.ts"), str(data), str(path)], cwd=HERE, check=False)
        # It has said in a sentence what is wrong.
        return read_texts(path) if done.returncode == 0 else sys.exit(done.returncode)


def main():
    parser = argparse.ArgumentParser()
    folder = lambda name: pathlib.Path(name).resolve()
    parser.add_argument("data", type=folder)
    parser.add_argument("models", type=folder)
    parser.add_argument("--compare", action="store_true")
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--without", nargs="*", default=[], choices=PARTS)
    args = parser.parse_args()
    if not args.compare:
        refuse_incomplete(args.models)
    random.seed(0), np.random.seed(0), torch.manual_seed(0), torch.set_num_threads(2)
    torch.set_default_device("cuda" if torch.cuda.is_available() else "cpu")
    rows = prepared_texts(args.data)
    tokenizer = load_tokenizer()
    for key, out in (("text", "ids"), ("masked", "masked_ids")):
        chosen = rows if key == "text" else [row for row in rows if row["set"] == "pair"]
        for row, ids in zip(chosen, tokenise(tokenizer, [row[key] for row in chosen])):
            row[out] = ids
    texts, parts = split(rows, args.compare), set(PARTS) - set(args.without)
    embed_by_encoder(texts)
    model = train_starter(texts, args.steps, parts)
    if args.compare:
        print(json.dumps(measure(model, texts), indent=1))
        return
    ranges = activation_ranges(model, calibration_sequences(texts, 400))
    export_onnx(model, ranges, str(args.models / "starter" / "model.onnx"))
    training = {
        "from": "sentence-transformers/all-MiniLM-L6-v2",
        "layers": list(LAYERS),
        "attentionHeads": model.layers[0].out.in_features // HEAD_WIDTH,
        "feedForwardUnits": model.layers[0].up.out_features,
        "steps": args.steps,
        "without": args.without,
        "statements": len(texts.statements),
        "ownTexts": len({row["raw"] for row in texts.pairs}),
        "concepts": len(texts.lines),
        "heldOutRepositories": sorted({row["group"] for row in texts.foreign}),
    }
    if "opinion" in texts.statements[0]:
        training["leaveRepositoryOut"] = measure_opinions(texts.statements, model)
    write_manifest(args.models, training)


if __name__ == "__main__":
    main()
