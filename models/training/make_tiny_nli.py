"""Makes test/fixtures/nli-tiny: a DebertaV2 NLI cross-encoder of the published shape, far smaller and with random
weights, and what the reference Python implementations answer with it. It proves wiring, not accuracy.

    python -m venv /tmp/tiny && /tmp/tiny/bin/pip install -r models/training/requirements-tiny.txt
    /tmp/tiny/bin/python models/training/make_tiny_nli.py

The same parts as MoritzLaurer/deberta-v3-base-zeroshot-v2.0: a SentencePiece unigram tokenizer converted part for part
(Strip, Precompiled, Replace; Metaspace), relative attention with shared keys, c2p and p2c, 256 buckets, no position
input, no token types. Every text is our own.
"""

import hashlib
import itertools
import json
import os
import pathlib
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
import sentencepiece as spm
import torch
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import DebertaV2Config, DebertaV2ForSequenceClassification, PreTrainedTokenizerFast, pipeline

from hostile_texts import HOSTILE

OUT = pathlib.Path(__file__).resolve().parent.parent.parent / "test/fixtures/nli-tiny"
SPECIAL = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"]
PIECES, MAX_TOKENS = 400, 512

SUBJECTS = [
    "user",
    "backup",
    "disk",
    "node 7",
    "payment service",
    "connection pool",
    "scheduler",
    "request handler",
    "cache",
    "certificate",
]
EVENTS = [
    "started",
    "completed successfully",
    "failed with exit code 137",
    "timed out after 30 s",
    "was rejected: permission denied",
    "logged in from 10.0.0.12",
    "is 97% full",
    "restarted",
    "returned status 503",
    "will expire in 3 days",
]
LEVELS = ["", "ERROR ", "warning: ", "[info] "]
CORPUS = [f"{level}{subject} {event}" for level, subject, event in itertools.product(LEVELS, SUBJECTS, EVENTS)]

# Hostile shapes first; then plain lines.
TEXTS = [
    *HOSTILE,
    "\u0085 odd\ufeff space \u3000",
    "  many   spaces  ",
    "한국어 로그 ｶﾀｶﾅ",
    "नमस्ते ไทย",
] + CORPUS[3::29]
SETS = [
    (["anomaly", "normal"], "This example is {}."),
    (["Access", "Backup", "Network failure", "Capacity"], "This log line is about {}."),
]


def make_tokenizer(folder):
    prefix = str(folder / "spm")
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS),
        model_prefix=prefix,
        vocab_size=PIECES,
        model_type="unigram",
        hard_vocab_limit=False,
        pad_id=0,
        bos_id=1,
        eos_id=2,
        unk_id=3,
        pad_piece="[PAD]",
        bos_piece="[CLS]",
        eos_piece="[SEP]",
        unk_piece="[UNK]",
        user_defined_symbols=["[MASK]"],
        normalization_rule_name="nmt_nfkc",
        num_threads=1,
        minloglevel=2,
    )
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(pathlib.Path(prefix + ".model").read_bytes())
    tokenizer = Tokenizer(models.Unigram([(p.piece, p.score) for p in proto.pieces], unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Strip(), normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always")])
    tokenizer.decoder = decoders.Metaspace(replacement="\u2581", prepend_scheme="always")
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in SPECIAL])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    return tokenizer


def random_nli(**sizes):
    """A cross-encoder of the published one's architecture, in other sizes and with random weights."""
    config = DebertaV2Config(
        max_position_embeddings=MAX_TOKENS,
        type_vocab_size=0,
        relative_attention=True,
        position_buckets=256,
        norm_rel_ebd="layer_norm",
        share_att_key=True,
        pos_att_type=["p2c", "c2p"],
        max_relative_positions=-1,
        position_biased_input=False,
        pad_token_id=0,
        id2label={0: "entailment", 1: "not_entailment"},
        label2id={"entailment": 0, "not_entailment": 1},
        **sizes,
    )
    return DebertaV2ForSequenceClassification(config).eval()


def make_model():
    torch.manual_seed(5)
    return random_nli(
        vocab_size=PIECES + 16,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        initializer_range=0.35,
    )


def export(model, path):
    ids = torch.randint(5, PIECES, (2, 40))
    dynamic = {0: "batch", 1: "sequence"}
    torch.onnx.export(
        model,
        (ids, torch.ones_like(ids)),
        path,
        input_names=["input_ids", "attention_mask"],
        output_names=["logits"],
        dynamic_axes={"input_ids": dynamic, "attention_mask": dynamic, "logits": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )


def write_golden(model, tokenizer, path):
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        unk_token="[UNK]",
        mask_token="[MASK]",
        model_max_length=MAX_TOKENS,
        model_input_names=["input_ids", "attention_mask"],
    )
    # Else the pipeline takes the model to a GPU where there is one, away from the token ids below.
    classify = pipeline("zero-shot-classification", model=model, tokenizer=fast, device="cpu")
    rounded = lambda values: [round(value, 5) for value in values]
    with open(path, "w") as file:
        for place, text in enumerate(TEXTS):
            labels, template = SETS[place % 2]
            single = classify(text, labels, hypothesis_template=template)
            multi = classify(text, labels, hypothesis_template=template, multi_label=True)
            pairs = [fast(text, template.format(label), truncation="only_first", max_length=MAX_TOKENS)["input_ids"] for label in labels]
            with torch.no_grad():
                logits = [
                    model(input_ids=torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long)).logits[0].tolist()
                    for ids in pairs
                ]
            file.write(
                json.dumps(
                    {
                        "text": text,
                        "labels": labels,
                        "hypothesis_template": template,
                        "input_ids": pairs,
                        "logits": [rounded(pair) for pair in logits],
                        "single_label": dict(zip(single["labels"], rounded(single["scores"]))),
                        "multi_label": dict(zip(multi["labels"], rounded(multi["scores"]))),
                    }
                )
                + "\n"
            )


def write_manifest(path):
    files = {}
    for role, name in [("model", "model.onnx"), ("tokenizer", "tokenizer.json"), ("config", "config.json")]:
        data = (OUT / name).read_bytes()
        files[role] = {"path": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    entry = {
        "id": "nli-tiny",
        "version": "1",
        "task": "entailment",
        "folder": ".",
        "files": files,
        "quantisation": "none",
        "tokenizer": "unigram",
        "maxTokens": MAX_TOKENS,
        "licence": "MIT",
        "source": "models/training/make_tiny_nli.py",
    }
    path.write_text(json.dumps({"models": [entry]}, indent=2) + "\n")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        tokenizer = make_tokenizer(pathlib.Path(folder))
    tokenizer.save(str(OUT / "tokenizer.json"), pretty=False)
    model = make_model()
    model.config.save_pretrained(str(OUT))
    export(model, str(OUT / "model.onnx"))
    write_golden(model, tokenizer, OUT / "golden.jsonl")
    write_manifest(OUT / "manifest.json")


if __name__ == "__main__":
    main()
