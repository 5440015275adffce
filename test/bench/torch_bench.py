"""The replaced program's inner loop beside ours: `torch_bench.py FOLDER ROUNDS LENGTHS BATCHES` times a DebertaV2 of the
folder's config.json with random weights in PyTorch and prints one line of JSON. Run by `npm run bench:models`."""

import json, os, pathlib, resource, sys, time

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from transformers import DebertaV2Config, DebertaV2ForSequenceClassification


def fastest(rounds, run):
    times = []
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - begun))
    return min(times[1:])


def main():
    folder, rounds, lengths, batches = sys.argv[1:]
    config = DebertaV2Config.from_json_file(str(pathlib.Path(folder) / "config.json"))
    begun = time.perf_counter()
    model = DebertaV2ForSequenceClassification(config).eval()
    row = {"model": "torch, random weights", "kind": "none", "load ms": round(1000 * (time.perf_counter() - begun))}
    with torch.no_grad():
        for length in map(int, lengths.split(",")):
            for batch in map(int, batches.split(",")):
                ids = torch.randint(5, min(300, config.vocab_size), (batch, length))
                row[f"{length}x{batch}"] = round(
                    fastest(int(rounds), lambda: model(input_ids=ids, attention_mask=torch.ones_like(ids))) / batch, 2
                )
    row["session MB"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)
    print(json.dumps(row))


if __name__ == "__main__":
    main()
