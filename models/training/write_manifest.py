"""Brings models/manifest.json and the starter's config.json up to date with newly trained weights."""

import datetime
import hashlib
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
#: The one file that training makes; the others must be there.
MADE = "model.onnx"


def refuse_incomplete(models):
    """Ends in a sentence where `write_manifest` would fail after the whole training for what the folder lacks."""
    try:
        entry = entry_of(json.loads((models / "manifest.json").read_text()))
        json.loads((models / "starter" / "config.json").read_text())
    except (OSError, ValueError, LookupError) as fault:
        sys.exit(f"{models} is no models folder that a starter model can be written into: {fault}")
    paths = [models / "starter" / file["path"] for file in entry["files"].values() if file["path"] != MADE]
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        sys.exit(f"the models folder lacks {', '.join(missing)}")


def entry_of(manifest):
    for entry in manifest.get("models", []):
        if entry.get("id") == "logsieve-starter":
            return entry
    raise LookupError("its manifest names no logsieve-starter")


def write_manifest(models, training):
    """Digests and sizes of the starter's files, its version (today) and how it was trained; other entries stay as they are. Its scores are gone
    until `npm run eval:all -- --accept` measures the new weights."""
    folder, manifest_path = models / "starter", models / "manifest.json"
    config_path = folder / "config.json"
    config = json.loads(config_path.read_text())
    config_path.write_text(
        json.dumps(
            {
                **config,
                "num_hidden_layers": len(training["layers"]),
                "num_attention_heads": training["attentionHeads"],
                "intermediate_size": training["feedForwardUnits"],
                "max_position_embeddings": 128,
            },
            indent=2,
        )
        + "\n"
    )
    manifest = json.loads(manifest_path.read_text())
    entry = entry_of(manifest)
    for file in entry["files"].values():
        content = (folder / file["path"]).read_bytes()
        file["sha256"], file["bytes"] = hashlib.sha256(content).hexdigest(), len(content)
    entry["version"] = datetime.date.today().isoformat()
    entry["training"] = training
    entry.pop("scores", None)
    manifest_path.write_text(json.dumps(manifest, indent=2) + "\n")
    # From here, because biome is found in the repository alone, and the models folder may lie outside.
    subprocess.run(["npx", "--no-install", "biome", "format", "--write", str(manifest_path.resolve())], cwd=HERE, check=True)
