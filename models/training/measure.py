"""What a model makes of texts, by message text alone and not quantised (bfloat16): of statements, systems and pairs that were held out from
its training, and, for comparing runs only, of lines of concepts that it learned from."""

import numpy as np

from network import WIDTH
from texts import LEVELS, infer

INFO, WARN, ERROR = (LEVELS.index(name) for name in ("info", "warn", "error"))
#: Parts that the statements are told in by rising log-odds, and how many of them the model itself reads for its spread.
BINS, MOST_READ = 20, 5000


def area_under_curve(scores, positive):
    """Area under the ROC curve; ties count half (Mann-Whitney)."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n = positive.sum()
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * (len(positive) - n)))


def anomaly_probability(rows):
    logits = rows[:, WIDTH:] - rows[:, WIDTH:].max(1, keepdims=True)
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return shares[:, WARN:].sum(1)


def f1(flagged, positive):
    both = (flagged & positive).sum()
    return float(2 * both / max(1, flagged.sum() + positive.sum()))


def measure(model, texts):
    score = lambda rows: anomaly_probability(infer(model, [row["ids"] for row in rows]))
    grade = lambda rows: np.array([LEVELS.index(row["target"]) for row in rows])
    found, levels = score(texts.foreign), grade(texts.foreign)
    clear = (levels >= ERROR) | (levels == INFO)
    measures = {
        "repositories": sorted({row["group"] for row in texts.foreign}),
        "foreign warn and up AUC": area_under_curve(found, levels >= WARN),
        "foreign error against info AUC": area_under_curve(found[clear], levels[clear] >= ERROR),
        "foreign F1 at .5": f1(found >= 0.5, levels >= WARN),
        "foreign Brier": float(((found - (levels >= WARN)) ** 2).mean()),
    }
    for system in ("Apache", "HDFS", "OpenStack"):
        rows = [row for row in texts.systems if row["group"] == system]
        measures[f"{system} AUC by template"] = area_under_curve(score(rows), grade(rows) >= WARN)
    return {
        **measures,
        **measure_pairs(score(texts.held_pairs), grade(texts.held_pairs), texts.held_pairs),
        **measure_descriptions(model, texts),
    }


def measure_opinions(statements, model):
    """What the two half runs made of the statements of repositories they had not seen, told in the spread of the model's own log-odds: AUC,
    and by rising log-odds what share of the normal and of the anomalous statements stood there. The content score is calibrated on it."""
    odds = log_odds(np.array([row["opinion"][WARN - 1] for row in statements], float))
    positive = np.array([LEVELS.index(row["target"]) >= WARN for row in statements])
    sample = slice(None, None, max(1, len(statements) // MOST_READ))
    own = log_odds(anomaly_probability(infer(model, [row["ids"] for row in statements[sample]])))
    scaled = (odds - odds[sample].mean()) * own.std() / odds[sample].std() + own.mean()
    parts = np.array_split(np.argsort(odds, kind="stable"), BINS)
    of = lambda part, side: round(float((positive[part] == side).sum() / (positive == side).sum()), 5)
    found = [{"logOdds": round(float(scaled[part].mean()), 3), "normal": of(part, False), "anomalous": of(part, True)} for part in parts]
    return {"statements": len(statements), "auc": round(area_under_curve(odds, positive), 4), "bins": found}


def log_odds(probabilities):
    clipped = np.clip(probabilities, 1e-4, 1 - 1e-4)
    return np.log(clipped / (1 - clipped))


def measure_pairs(scores, levels, rows):
    pairs = {}
    for index, row in enumerate(rows):
        pairs.setdefault(row["group"], []).append(index)
    ordered = [
        min(scores[i] for i in members if levels[i] >= WARN) > max(scores[i] for i in members if levels[i] < WARN)
        for members in pairs.values()
        if len({levels[i] >= WARN for i in members}) == 2
    ]
    return {"pairs AUC": area_under_curve(scores, levels >= WARN), "pairs in order": float(np.mean(ordered))}


def measure_descriptions(model, texts):
    """Share of lines of concepts and categories whose nearest description is that of their own. Not held out: these very lines and descriptions
    were trained on, so it says how well a run learned them and only compares runs."""
    names = sorted(texts.descriptions)
    descriptions = infer(model, [texts.descriptions[name][0]["ids"] for name in names])[:, :WIDTH]
    rows = [(index, row) for index, name in enumerate(names) for row in texts.lines.get(name, [])[:12]]
    nearest = (infer(model, [row["ids"] for _, row in rows])[:, :WIDTH] @ descriptions.T).argmax(1)
    return {"lines nearest to their description": float(np.mean(nearest == [index for index, _ in rows]))}
