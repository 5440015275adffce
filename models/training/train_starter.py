"""Trains the starter model and writes it into a models folder: `train_starter.py DATA_FOLDER MODELS_FOLDER [--compare] [--resume] [--steps N] [--without PART ...]`.

DATA_FOLDER holds log-statements.jsonl.gz, loghub/ and enterprise-logs.train.csv; our own lines come from lines/. Seeded; two CPU cores are enough.
Sixteen repositories and the real systems are never trained on, so that the shipped weights can be measured on them.
`--compare` also keeps a fifth of our own pairs out, prints what the model makes of all that was held out and writes nothing:
so the choices in the model card were compared, `--without` leaving one part out.
`--resume` goes on from models/training/starter.pt, with half the rate, when lines have been added.
"""

import argparse
import json
import pathlib
import random
import subprocess
import tempfile
import time
from dataclasses import dataclass

import numpy as np
import torch

from export_onnx import export_onnx
from fake_quantise import activation_ranges, quantise_weights, watch_quantised
from losses import contrast_loss, distillation_loss, severity_loss
from measure import measure
from network import Starter, load_teacher
from prune import keep_units, prune_feed_forward
from texts import LEVELS, batches, count_groups, held_out_repositories, infer, kept_apart, pad, read_texts, share, tokenise
from write_manifest import write_manifest

HERE = pathlib.Path(__file__).resolve().parent
PARTS = ("taste", "cap", "ordinal", "pairs", "contrast", "distillation", "pruning", "quantisation")
#: Of the six layers of the teacher the student begins with these.
LAYERS = (0, 2, 4)
BATCH, PAIR_BATCH, CONTRAST_BATCH = 80, 24, 24
#: No repository says more than this many statements a round.
REPOSITORY_CAP = 1500
#: The part of the steps, at the end, that are run with rounded weights and activations.
QUANTISED_SHARE = 0.15
EMA_EVERY, EMA_DECAY = 5, 0.99


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
    return Texts(
        statements=[row for row in of("statement") if row["group"] not in held],
        foreign=[row for row in of("statement") if row["group"] in held],
        pairs=[row for row in of("pair") if not out(row) and not (row["kind"] == "category" and kept_apart(row["masked"]))],
        held_pairs=[row for row in of("pair") if out(row)],
        systems=of("system"),
        lines={name: rows for name, rows in lines.items() if name in descriptions and len(rows) > 2},
        descriptions=descriptions,
    )


def embed_by_teacher(texts):
    """The teacher's embedding of two thirds of the statements, in half precision; computed by the six-layer network, which gives the same numbers."""
    network = Starter(range(6)).eval()
    chosen = [row for index, row in enumerate(texts.statements) if (index // 2) % 3]
    goals = infer(network, [row["ids"] for row in chosen])[:, :384].astype(np.float16)
    for row, goal in zip(chosen, goals):
        row["goal"] = goal


def draw_contrast(texts, names, weights):
    drawn = set()
    while len(drawn) < CONTRAST_BATCH:
        drawn.add(random.choices(names, weights)[0])
    drawn = sorted(drawn)
    return [random.choice(texts.lines[name]) for name in drawn for _ in range(2)], [
        random.choice(texts.descriptions[name]) for name in drawn
    ]


def train(model, texts, steps, parts, checkpoint, rate):
    own_heads = ("attention.", "hidden.", "severity.")
    repositories = {name: index for index, name in enumerate(sorted({row["group"] for row in texts.statements}))}
    sizes = count_groups(texts.statements)
    taste = torch.nn.Embedding(len(repositories), 4)
    torch.nn.init.zeros_(taste.weight)
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for name, p in model.named_parameters() if not name.startswith(own_heads)], "lr": rate},
            {"params": [p for name, p in model.named_parameters() if name.startswith(own_heads)], "lr": 1e-3},
            {"params": taste.parameters(), "lr": 1e-2, "weight_decay": 0},
        ],
        weight_decay=0.05,
        fused=True,
    )
    peaks = [group["lr"] for group in optimizer.param_groups]
    capped = (lambda row: random.random() < 2 * REPOSITORY_CAP / sizes[row["group"]]) if "cap" in parts else (lambda row: True)
    statements, pairs = batches(texts.statements, BATCH, capped), batches(texts.pairs, PAIR_BATCH)
    names = sorted(texts.lines)
    # The nine labels have many lines each; a concept has twelve.
    weights = [6.0 if len(texts.lines[name]) > 40 else 1.0 for name in names]
    average = {key: value.detach().clone() for key, value in model.state_dict().items()}
    first_quantised, watch = int(steps * (1 - QUANTISED_SHARE)) if "quantisation" in parts else steps, None
    started, seen = time.time(), []
    model.train()
    for step in range(steps):
        if step == first_quantised:
            watch = watch_quantised(activation_ranges(model, calibration_sequences(texts, 200)))
            quantise_weights(model, True)
        pace = min(1, (step + 1) / 150) * max(0.02, 1 - step / steps)
        for group, peak in zip(optimizer.param_groups, peaks):
            group["lr"] = peak * pace
        loss, told = step_loss(model, texts, step, parts, next(statements), next(pairs), (names, weights), (taste, repositories), watch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
        seen.append(told)
        if step % EMA_EVERY == 0:
            decay = min(EMA_DECAY, (step + 1) / (step + 50))
            with torch.no_grad():
                for key, value in model.state_dict().items():
                    average[key].mul_(decay).add_(value, alpha=1 - decay)
        if step % 200 == 199:
            print(
                step + 1,
                f"{time.time() - started:.0f} s",
                " ".join(f"{name} {np.nanmean([t[name] for t in seen]):.3f}" for name in told),
                flush=True,
            )
            seen = []
            torch.save(average, checkpoint)
    quantise_weights(model, False)
    model.load_state_dict(average)
    model.eval()


def step_loss(model, texts, step, parts, statements, pairs, concepts, repository_taste, watch):
    """The weighted sum of the losses of one step, and each by name (nan where it had no turn)."""
    if "pairs" not in parts:
        pairs = []
    # Pairs are read masked in every second batch, statements in every second row.
    pairs = [{**row, "ids": row["masked_ids"]} for row in pairs] if step % 4 < 2 else pairs
    lines, descriptions = draw_contrast(texts, *concepts) if "contrast" in parts and step % 2 == 0 else ([], [])
    ids, mask = pad([row["ids"] for row in [*statements, *pairs, *lines, *descriptions]])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        embeddings, logits = model(ids, mask, watch)
    embeddings, logits = embeddings.float(), logits.float()
    levels = torch.tensor([LEVELS.index(row["target"]) for row in [*statements, *pairs]])
    taste, repositories = repository_taste
    cut, own = len(statements), len(statements) + len(pairs)
    told = dict.fromkeys(("severity", "pairs", "distillation", "contrast"), float("nan"))
    if "ordinal" in parts:
        shift = taste(torch.tensor([repositories[row["group"]] for row in statements])) if "taste" in parts else None
        loss = severity_loss(logits[:cut], levels[:cut], shift)
    else:
        loss = torch.nn.functional.cross_entropy(logits[:cut], levels[:cut], label_smoothing=0.05)
    told["severity"] = loss.item()
    loss = loss + 1e-2 * taste.weight.pow(2).mean()
    if pairs:
        of_pairs = severity_loss(logits[cut:own], levels[cut:])
        loss, told["pairs"] = loss + of_pairs, of_pairs.item()
    taught = [index for index, row in enumerate(statements) if "goal" in row]
    if taught and "distillation" in parts:
        goals = torch.from_numpy(np.stack([statements[index]["goal"] for index in taught]).astype(np.float32))
        of_teacher = distillation_loss(embeddings[taught], goals)
        loss, told["distillation"] = loss + 2 * of_teacher, of_teacher.item()
    if lines:
        of_concepts = contrast_loss(embeddings[own : own + len(lines)], embeddings[own + len(lines) :])
        loss, told["contrast"] = loss + 0.5 * of_concepts, of_concepts.item()
    return loss, told


def calibration_sequences(texts, count):
    """Token lists in whose range the activations are frozen: statements, pairs and lines of categories alike."""
    chooser = random.Random(3)
    pools = [texts.statements, texts.pairs, [row for rows in texts.lines.values() for row in rows]]
    return [row["ids"] for pool in pools for row in chooser.sample(pool, min(count, len(pool)))]


def resume(model, state):
    for index, layer in enumerate(model.layers):
        keep_units(layer, torch.arange(len(state[f"layers.{index}.up.weight"])))
    model.load_state_dict(state)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("models", type=pathlib.Path)
    parser.add_argument("--compare", action="store_true")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--steps", type=int, default=1700)
    parser.add_argument("--without", nargs="*", default=[], choices=PARTS)
    args = parser.parse_args()
    random.seed(0), np.random.seed(0), torch.manual_seed(0), torch.set_num_threads(2)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "texts.jsonl"
        subprocess.run(["npx", "--no-install", "node", str(HERE / "prepare-texts.ts"), str(args.data), str(path)], cwd=HERE, check=True)
        rows = read_texts(path)
    _, tokenizer = load_teacher()
    for key, out in (("text", "ids"), ("masked", "masked_ids")):
        chosen = rows if key == "text" else [row for row in rows if row["set"] == "pair"]
        for row, ids in zip(chosen, tokenise(tokenizer, [row[key] for row in chosen])):
            row[out] = ids
    texts, parts, weights = split(rows, args.compare), set(PARTS) - set(args.without), args.models / "training" / "starter.pt"
    model, record = Starter(LAYERS), weights.with_suffix(".record")
    if args.resume:
        resume(model, torch.load(weights))
    if "pruning" in parts:
        prune_feed_forward(model, calibration_sequences(texts, 100))
    embed_by_teacher(texts)
    train(model, texts, args.steps, parts, weights, rate=1e-4 if args.resume else 2e-4)
    if args.compare:
        print(json.dumps(measure(model, texts), indent=1))
        return
    folder = args.models / "starter"
    export_onnx(model, activation_ranges(model, calibration_sequences(texts, 400)), str(folder / "model.onnx"))
    torch.save(model.state_dict(), weights)
    training = {
        "from": "sentence-transformers/all-MiniLM-L6-v2",
        "layers": list(LAYERS),
        "feedForwardUnits": model.layers[0].up.out_features,
        "steps": args.steps + (json.loads(record.read_text())["steps"] if args.resume else 0),
        "statements": len(texts.statements),
        "ownTexts": len(texts.pairs),
        "concepts": len(texts.lines),
        "heldOutRepositories": sorted({row["group"] for row in texts.foreign}),
    }
    record.write_text(json.dumps(training))
    write_manifest(args.models, training)


if __name__ == "__main__":
    main()
