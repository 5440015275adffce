import { InvalidInput } from '../domain/errors.ts';

/** The first of the offered media types that the `Accept` header likes best; the first offered where it does not say. Throws `InvalidInput` (406). */
export function chooseMedia<Media extends string>(
  accept: string | undefined,
  offered: readonly [Media, ...Media[]],
): Media {
  if (accept === undefined || accept.trim() === '') return offered[0];
  const wanted = accept.slice(0, 1_000).split(',').map(readRange);
  const liked = offered
    .map((media) => ({ media, quality: qualityOf(media, wanted) }))
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality)[0];
  if (liked !== undefined) return liked.media;
  throw new InvalidInput('not-acceptable', `What there is: ${offered.join(', ')}.`, { status: 406 });
}

interface Range {
  readonly type: string;
  readonly quality: number;
}

function readRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
  return { type, quality: Number.isFinite(quality) ? quality : 0 };
}

/** That of the most exact range that a media type falls under. */
function qualityOf(media: string, ranges: readonly Range[]): number {
  const forms = [media, `${media.split('/', 1)[0]}/*`, '*/*'];
  for (const form of forms) {
    const range = ranges.find(({ type }) => type === form);
    if (range !== undefined) return range.quality;
  }
  return 0;
}
