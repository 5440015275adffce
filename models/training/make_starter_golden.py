"""Writes golden.jsonl by the reference implementation: `make_starter_golden.py MODEL_FOLDER OUT.jsonl [TEXTS.csv ...]`.

Texts are tokenised by the tokenizers library and run one a call through onnxruntime, which is what the TypeScript path is compared with
(`npm run models -- check FOLDER`). Without CSVs: 26 texts of our own, hostile ones among them. CSVs give their `message` or `log_message`
column as it stands: so `npm run proof:parity` compares thousands.
"""

import csv
import json
import pathlib
import sys

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from hostile_texts import HOSTILE

MAX_TOKENS = 128
TEXTS = [
    "",
    "  ",
    *HOSTILE,
    "user alice logged in from 10.0.0.12",
    "disk failure on node 7, array degraded",
    "backup completed successfully in 42 s",
    "connection to database refused after 3 attempts",
    "GET /health 200 in 3 ms",
    "out of memory: killed process 4711 (worker)",
    "cache warmed with 1200 entries",
    "certificate expires in 3 days",
]


def messages(path):
    with open(path, encoding="utf-8", newline="") as file:
        return [row.get("message", row.get("log_message", "")) for row in csv.DictReader(file)]


def main(folder, out, *tables):
    folder = pathlib.Path(folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    texts = list(dict.fromkeys(text for table in tables for text in messages(table))) or TEXTS
    with open(out, "w", encoding="utf-8") as file:
        for text in texts:
            ids = np.array([tokenizer.encode(text).ids], np.int64)
            embedding, logits = session.run(["embedding", "severity_logits"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})
            short = lambda values: [round(float(value), 6) for value in values]
            row = {"text": text, "input_ids": ids[0].tolist(), "embedding": short(embedding[0]), "severity_logits": short(logits[0])}
            file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
