"""One run of training: the batches, the losses and their weights, the schedule."""

import random
import time
from typing import NamedTuple

import numpy as np
import torch

from losses import contrast_loss, cut_logits, distillation_loss, severity_loss, token_loss
from prune import ANSWERS_FOR
from texts import LEVELS, as_tensor, batches, half_precision, pad

BATCH, PAIR_BATCH, CONTRAST_BATCH = 128, 80, 24
#: Learning rates at their peak: of the encoder's weights and of the heads on top; of an author's taste.
RATES, TASTE_RATE = (2e-4, 1e-3), 1e-2
WARM_UP = 150
#: Of runs without a teacher; what a teacher says is not learned by heart.
DROPOUT = 0.1
LOSS_WEIGHTS = {"severity": 1, "pairs": 1, "distillation": 2, "tokens": 1, "contrast": 0.5, "taste": 1e-2}
#: Part of a student's targets that is the teacher's word, and of a teacher's that is what the half runs made of the statement.
TEACHER_SHARE, OPINION_SHARE = 0.5, 0.3
EMA_EVERY, EMA_DECAY = 5, 0.99


class Reading(NamedTuple):
    """What a network makes of a batch: tokens after each layer, unit embeddings [batch, 384], severity logits [batch, 5]."""

    states: list
    embeddings: torch.Tensor
    logits: torch.Tensor


class Taste(torch.nn.Embedding):
    """What an author's repository adds to the log-odds of each cut; known in training alone."""

    def __init__(self, statements):
        self.index = {name: index for index, name in enumerate(sorted({row["group"] for row in statements}))}
        super().__init__(len(self.index), 4)
        torch.nn.init.zeros_(self.weight)

    def of(self, rows):
        return self(torch.tensor([self.index[row["group"]] for row in rows]))


class Average:
    """The moving average of a model's weights."""

    def __init__(self, model):
        self.weights = {key: value.detach().clone() for key, value in model.state_dict().items()}

    @torch.no_grad()
    def take(self, model, step):
        decay = min(EMA_DECAY, (step + 1) / (step + 50))
        for key, value in model.state_dict().items():
            self.weights[key].mul_(decay).add_(value, alpha=1 - decay)


def train(model, texts, statements, steps, parts, teacher=None):
    """Trains in place on the statements and our own texts and leaves the moving average of the weights.

    With a `teacher` half of what is aimed at is the teacher's word, and every token is drawn to where the teacher has it."""
    taste = Taste(statements)
    optimizer = make_optimizer(model, taste)
    peaks = [group["lr"] for group in optimizer.param_groups]
    drawn = draw_batches(texts, statements, parts)
    model.dropout.p = DROPOUT if teacher is None and "dropout" in parts else 0
    average, started, seen = Average(model), time.time(), []
    model.train()
    for step in range(steps):
        for group, peak in zip(optimizer.param_groups, peaks):
            group["lr"] = peak * min(1, (step + 1) / WARM_UP) * max(0.02, 1 - step / steps)
        loss, told = step_loss(model, next(drawn), parts, taste, teacher)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
        seen.append(told)
        if step % EMA_EVERY == 0:
            average.take(model, step)
        if step % 200 == 199 or step == steps - 1:
            names = sorted({name for each in seen for name in each})
            means = (f"{name} {np.mean([each[name] for each in seen if name in each]):.3f}" for name in names)
            print(step + 1, f"{time.time() - started:.0f} s", *means, flush=True)
            seen = []
    model.load_state_dict(average.weights)
    model.eval()


def make_optimizer(model, taste):
    on_top = ("attention.", "hidden.", "severity.")
    chosen = lambda top: [parameter for name, parameter in model.named_parameters() if name.startswith(on_top) == top]
    return torch.optim.AdamW(
        [
            {"params": chosen(False), "lr": RATES[0]},
            {"params": chosen(True), "lr": RATES[1]},
            {"params": taste.parameters(), "lr": TASTE_RATE, "weight_decay": 0},
        ],
        weight_decay=0.05,
        fused=True,
    )


def draw_batches(texts, statements, parts):
    """Endless (statements, pairs, lines of concepts two by two, one description of each)."""
    of_statements, of_pairs = batches(statements, BATCH), batches(texts.pairs, PAIR_BATCH)
    step = 0
    while True:
        # Pairs are read masked in every second couple of batches, statements in every second row.
        pairs = [{**row, "ids": row["masked_ids"]} if step % 4 < 2 else row for row in next(of_pairs)] if "pairs" in parts else []
        lines, descriptions = draw_contrast(texts) if "contrast" in parts and step % 2 == 0 else ([], [])
        yield next(of_statements), pairs, lines, descriptions
        step += 1


def draw_contrast(texts):
    names = sorted(texts.lines)
    # The nine labels have many lines each; a concept has twelve.
    weights = [6.0 if len(texts.lines[name]) > 40 else 1.0 for name in names]
    drawn = set()
    while len(drawn) < CONTRAST_BATCH:
        drawn.add(random.choices(names, weights)[0])
    drawn = sorted(drawn)
    lines = [random.choice(texts.lines[name]) for name in drawn for _ in range(2)]
    return lines, [random.choice(texts.descriptions[name]) for name in drawn]


def step_loss(model, batch, parts, taste, teacher):
    """The weighted sum of the losses of one step, and those of them that had a turn by name."""
    statements, pairs, lines, _ = batch
    inputs = pad([row["ids"] for rows in batch for row in rows])
    reading = read(model, *inputs)
    levels = torch.tensor([LEVELS.index(row["target"]) for row in [*statements, *pairs]])
    if teacher is None:
        losses = labelled_losses(reading, levels, statements, parts, taste)
    else:
        losses = taught_losses(reading, levels, statements, teacher, inputs)
    if lines:
        own, after = len(levels), len(levels) + len(lines)
        losses["contrast"] = contrast_loss(reading.embeddings[own:after], reading.embeddings[after:])
    return sum(LOSS_WEIGHTS[name] * loss for name, loss in losses.items()), {name: loss.item() for name, loss in losses.items()}


def read(network, ids, mask):
    with half_precision():
        states, embeddings, logits = network.read(ids, mask)
    return Reading(states, embeddings.float(), logits.float())


def labelled_losses(reading, levels, statements, parts, taste):
    cut, own = len(statements), len(levels)
    losses = {
        "severity": statement_loss(reading.logits[:cut], levels[:cut], statements, parts, taste),
        "taste": taste.weight.pow(2).mean(),
    }
    if own > cut:
        losses["pairs"] = severity_loss(reading.logits[cut:own], levels[cut:])
    taught = [index for index, row in enumerate(statements) if "goal" in row]
    if taught and "distillation" in parts:
        goals = as_tensor(np.stack([statements[index]["goal"] for index in taught]).astype(np.float32))
        losses["distillation"] = distillation_loss(reading.embeddings[taught], goals)
    return losses


def statement_loss(logits, levels, rows, parts, taste):
    if "ordinal" not in parts:
        return torch.nn.functional.cross_entropy(logits, levels, label_smoothing=0.05)
    opinion = as_tensor(np.stack([row["opinion"] for row in rows]).astype(np.float32)) if "opinion" in rows[0] else None
    return severity_loss(logits, levels, taste.of(rows) if "taste" in parts else None, opinion, OPINION_SHARE)


def taught_losses(reading, levels, statements, teacher, inputs):
    """What a student aims at, whatever was left out of its teacher: ordinal, half the teacher's word, drawn to its embeddings and tokens."""
    with torch.no_grad():
        goal = read(teacher, *inputs)
    opinion, cut, own = cut_logits(goal.logits).sigmoid(), len(statements), len(levels)
    severity = lambda rows: severity_loss(reading.logits[rows], levels[rows], opinion=opinion[rows], share=TEACHER_SHARE)
    losses = {
        "severity": severity(slice(cut)),
        "distillation": distillation_loss(reading.embeddings, goal.embeddings),
        "tokens": token_loss(reading.states, [goal.states[index] for index in ANSWERS_FOR], inputs[1]),
    }
    return {**losses, "pairs": severity(slice(cut, own))} if own > cut else losses
