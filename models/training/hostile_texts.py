"""Texts that break readers: control characters, other scripts, over-long words, tokens spelled out. The golden files begin with them."""

HOSTILE = [
    "fine",
    "FATAL",
    "\0\2raw\7bytes",
    "déjà vu Åse Ñandú",
    "磁盘已满，写入失败",
    "🚨 queue on fire 🚨",
    "b" * 2500,
    "y " * 1500,
    '{"lvl":"warn","text":"quoted \\"inside\\"","ids":[4,5]}',
    "one\ttwo\r\nthree\n\tat app.Main(Main.java:7)",
    "\x1b[33myellow\x1b[0m",
    "ılık ﬂag ¾ ％",
    "\u202ebackwards\u202c",
    "[CLS] spelled [SEP] out [MASK] </s>",
    "E\u0301 joined\u200dby",
    "=" * 90,
]
