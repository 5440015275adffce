"""Brings models/manifest.json and the starter's config.json up to date with newly trained weights."""

import datetime
import hashlib
import json
import subprocess


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
    entry = next(entry for entry in manifest["models"] if entry["id"] == "logsieve-starter")
    for file in entry["files"].values():
        content = (folder / file["path"]).read_bytes()
        file["sha256"], file["bytes"] = hashlib.sha256(content).hexdigest(), len(content)
    entry["version"] = datetime.date.today().isoformat()
    entry["training"] = training
    entry.pop("scores", None)
    manifest_path.write_text(json.dumps(manifest, indent=2) + "\n")
    subprocess.run(["npx", "--no-install", "biome", "format", "--write", str(manifest_path)], cwd=models, check=True)
