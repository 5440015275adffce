import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { FONT } from './svg.ts';

export interface PngFiles {
  /** resvg's WebAssembly module. */
  readonly renderer: Uint8Array;
  /** TrueType fonts of the family FONT; a process of Lambda has none of its own. */
  readonly fonts: readonly Uint8Array[];
}

let ready: Promise<void> | undefined;

/** The SVG as PNG. Loads nothing that it is not given, so the same SVG gives the same picture everywhere. */
export async function renderPng(svg: string, { renderer, fonts }: PngFiles): Promise<Uint8Array> {
  ready ??= initWasm(new Uint8Array(renderer));
  await ready;
  const resvg = new Resvg(svg, {
    font: { fontBuffers: fonts.map((font) => new Uint8Array(font)), defaultFontFamily: FONT },
  });
  const image = resvg.render();
  try {
    return image.asPng();
  } finally {
    image.free();
    resvg.free();
  }
}
