"""Quantises an ONNX model to dynamic int8: `quantise.py FP32.onnx INT8.onnx`. Run by `npm run models -- quantise ID`,
which then compares its decisions with the original's.

Of the MatMuls only those whose second input is a constant, in QInt8 with one scale per channel: the others are attention
between activations, where int8 costs accuracy and saves nothing. A constant table that a Gather reads, the embeddings of
the tokens, becomes bytes with one scale for all of it. Ends with 3 where a package is missing.
"""

import os
import sys


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        from onnxruntime.quantization import QuantType, quantize_dynamic
    except ImportError as missing:
        print(missing, file=sys.stderr)
        sys.exit(3)
    source, target = sys.argv[1:]
    quantize_dynamic(source, target, weight_type=QuantType.QInt8, per_channel=True, extra_options={"MatMulConstBOnly": True})
    print(f"{os.path.basename(target)}: {os.path.getsize(target):,} bytes")


if __name__ == "__main__":
    main()
