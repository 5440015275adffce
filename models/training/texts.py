"""The training texts (made by prepare-texts.ts): read, split, tokenised, drawn in batches."""

import hashlib
import json
import random

import numpy as np
import torch

LEVELS = ("debug", "info", "warn", "error", "critical")
MAX_TOKENS = 48
HELD_OUT_REPOSITORIES = 16
#: Repositories below this many texts say too little about themselves to be held out.
LEAST_TEXTS = 300
#: Texts that are read at once where nothing is learned.
READ_BATCH = 96


def share(text):
    """A number in [0, 1) that belongs to the text: splits by it are the same in every run."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 2**32


def kept_apart(masked):
    """Whether a plain line or one of a category is never trained on, so that the heads on top can be calibrated on it (kept-apart.ts says the same)."""
    return share(masked) < 0.25


def read_texts(path):
    """Rows of prepare-texts.ts, each with the `text` to read: statements once as they are and once masked, in turn."""
    with open(path, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    for index, row in enumerate(rows):
        row["text"] = row["masked"] if row["set"] == "statement" and index % 2 else row["raw"]
    return rows


def held_out_repositories(rows):
    counts = count_groups(row for row in rows if row["set"] == "statement")
    return set(
        sorted((name for name, n in counts.items() if n >= LEAST_TEXTS), key=lambda name: share("hold" + name))[:HELD_OUT_REPOSITORIES]
    )


def count_groups(rows):
    counts = {}
    for row in rows:
        counts[row["group"]] = counts.get(row["group"], 0) + 1
    return counts


def tokenise(tokenizer, texts):
    ids = []
    for start in range(0, len(texts), 5000):
        ids += tokenizer(texts[start : start + 5000], truncation=True, max_length=MAX_TOKENS)["input_ids"]
    return ids


def pad(sequences):
    """Token id lists -> ids and mask, both int64 [batch, longest]."""
    longest = max(map(len, sequences))
    ids, mask = np.zeros((len(sequences), longest), np.int64), np.zeros((len(sequences), longest), np.int64)
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)], mask[row, : len(sequence)] = sequence, 1
    return as_tensor(ids), as_tensor(mask)


def as_tensor(array):
    """A numpy array where the networks are: on the default device."""
    return torch.from_numpy(array).to(torch.get_default_device())


def batches(rows, size):
    """Endless batches of rows of near lengths."""
    while True:
        chosen = random.sample(rows, len(rows))
        for start in range(0, len(chosen), size * 50):
            near = sorted(chosen[start : start + size * 50], key=lambda row: len(row["ids"]))
            groups = [near[at : at + size] for at in range(0, len(near), size)]
            random.shuffle(groups)
            yield from (group for group in groups if len(group) == size)


def half_precision():
    return torch.autocast(torch.get_default_device().type, dtype=torch.bfloat16)


@torch.no_grad()
def infer(network, sequences):
    """Runs every token list through the network; rows of `embedding | severity logits`, in order."""
    order = sorted(range(len(sequences)), key=lambda index: len(sequences[index]))
    rows = [None] * len(sequences)
    for start in range(0, len(order), READ_BATCH):
        chosen = order[start : start + READ_BATCH]
        with half_precision():
            embedding, logits = network(*pad([sequences[index] for index in chosen]))
        for index, row in zip(chosen, torch.cat([embedding.float(), logits.float()], 1).cpu().numpy()):
            rows[index] = row
    return np.stack(rows)
