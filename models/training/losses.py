"""What the starter network is trained to do: grade severity, keep the teacher's space, put lines near what describes them."""

import torch
import torch.nn.functional as F

#: Cosines are divided by this before the softmax of the contrast.
TEMPERATURE = 0.05
#: How much each cut counts: debug|info, info|warn (the anomaly's own), warn|error, error|critical.
CUT_WEIGHTS = torch.tensor([0.3, 1.0, 0.7, 0.4])


def cut_logits(logits):
    """Severity logits [n, 5] -> log-odds [n, 4] of lying above each cut, as softmax gives them."""
    return torch.stack([torch.logsumexp(logits[:, k + 1 :], 1) - torch.logsumexp(logits[:, : k + 1], 1) for k in range(4)], 1)


def severity_loss(logits, levels, taste=None, opinion=None, share=None):
    """Cumulative ordinal loss. `taste` [n, 4] shifts the cuts by the author's repository, `opinion` [n, 4] are another network's probabilities, a `share` of the targets."""
    cuts = cut_logits(logits) if taste is None else cut_logits(logits) + taste
    above = (levels[:, None] > torch.arange(4)).float()
    if opinion is not None:
        above = (1 - share) * above + share * opinion
    return (F.binary_cross_entropy_with_logits(cuts, above, reduction="none") * CUT_WEIGHTS.to(cuts.device)).sum(1).mean()


def distillation_loss(embeddings, goals):
    """One minus the mean cosine with the teacher's embeddings of the same texts."""
    return (1 - (embeddings * goals).sum(1)).mean()


def token_loss(states, goals, mask):
    """One minus the mean cosine of the tokens after each layer, [batch, length, 384], with what the teacher makes of them there; the last layer counts twice."""
    inside = mask.bool()
    apart = [(1 - F.cosine_similarity(own[inside].float(), goal[inside].float(), dim=-1)).mean() for own, goal in zip(states, goals)]
    return sum(apart) + apart[-1]


def contrast_loss(lines, descriptions):
    """InfoNCE both ways; lines 2i and 2i+1 belong to description i. Each line looks for its description among all of the batch. In the second
    term, of half the weight, each description looks for line 2i alone: line 2i+1, its own as well, counts there among the others."""
    similarity = lines @ descriptions.T / TEMPERATURE
    own = torch.arange(len(descriptions))
    return F.cross_entropy(similarity, own.repeat_interleave(2)) + 0.5 * F.cross_entropy(similarity.T, own * 2)
