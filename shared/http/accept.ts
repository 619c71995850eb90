/** Which representation a client asked for, by RFC 9110 section 12.5.1. */

export type Representation = 'text' | 'json';

type MediaType = readonly [type: string, subtype: string];

const mediaTypes: Record<Representation, MediaType> = {
  text: ['text', 'plain'],
  json: ['application', 'json'],
};

interface MediaRange {
  type: string;
  subtype: string;
  quality: number;
  position: number;
}

/**
 * The representation that `accept` prefers: by quality, then by how exactly it is named, then by
 * its place in the header (clients list what they like best first, without a quality).
 * `otherwise` decides where the header does not: absent, `*` alone, or nothing we have.
 */
export function preferred(accept: string | null, otherwise: Representation): Representation {
  const ranges = (accept ?? '').split(',').flatMap(parseRange);
  const more = difference(weigh(ranges, mediaTypes.text), weigh(ranges, mediaTypes.json));
  if (more === 0) return otherwise;
  return more > 0 ? 'text' : 'json';
}

/**
 * Which of our media types `accept` prefers, likewise: the first of those that it likes best, or of
 * all where it is absent. Undefined: it allows none.
 */
export function preferredType<Type extends string>(
  accept: string | null,
  ours: readonly Type[],
): Type | undefined {
  const ranges = (accept ?? '').split(',').flatMap(parseRange);
  if (ranges.length === 0) return ours[0];
  const [best] = ours
    .map((type) => ({ type, weight: weigh(ranges, typeOf(type)) }))
    .filter(({ weight: [quality = 0] }) => quality > 0)
    .sort((a, b) => difference(b.weight, a.weight));
  return best?.type;
}

/** Whether `accept` allows a media type; one that is absent or malformed allows everything. */
export function accepts(accept: string | null, mediaType: string): boolean {
  const ranges = (accept ?? '').split(',').flatMap(parseRange);
  const best = speakingFor(ranges, typeOf(mediaType));
  return ranges.length === 0 || (best !== undefined && best.quality > 0);
}

/**
 * The one of `profiles` (RFC 6906) that the client likes best of JSON; undefined where JSON without
 * one is liked as well, or none is named.
 */
export function preferredProfile(
  accept: string | null,
  profiles: readonly string[],
): string | undefined {
  const asked = (accept ?? '').split(',').flatMap((range) => {
    const [parsed] = parseRange(range, 0);
    const isJson = parsed?.type === 'application' && parsed.subtype === 'json';
    if (!isJson || parsed.quality === 0) return [];
    const [, profile] = /;\s*profile="?([^\s";]+)"?/i.exec(range) ?? [];
    return { profile: profile?.toLowerCase(), quality: parsed.quality };
  });
  const [best] = asked.toSorted((one, other) => other.quality - one.quality);
  return profiles.find((profile) => profile === best?.profile);
}

/** Empty for a range that is malformed: it is as if it had not been sent. */
function parseRange(range: string, position: number): MediaRange[] {
  const [name = '', ...parameters] = range.toLowerCase().split(';');
  // A problem document is what JSON is for a refusal.
  const [, type, subtype] =
    /^([^\s/]+)\/([^\s/]+)$/.exec(name.trim().replace(/^application\/problem\+/, 'application/')) ??
    [];
  if (type === undefined || subtype === undefined) return [];
  const weight = parameters.map((text) => text.trim()).find((text) => text.startsWith('q='));
  if (weight === undefined) return [{ type, subtype, quality: 1, position }];
  if (!/^q=(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight)) return [];
  return [{ type, subtype, quality: Number(weight.slice(2)), position }];
}

/** The range that is the most exact about a media type. */
function speakingFor(ranges: readonly MediaRange[], mediaType: MediaType) {
  const [best] = ranges
    .map((range) => ({ ...range, exactness: exactness(range, ...mediaType) }))
    .filter((range) => range.exactness > 0)
    .sort((a, b) => b.exactness - a.exactness || b.quality - a.quality);
  return best;
}

/** Quality, exactness and place of the range that speaks for it; greater is better. */
function weigh(ranges: readonly MediaRange[], mediaType: MediaType): number[] {
  const best = speakingFor(ranges, mediaType);
  if (best === undefined || best.quality === 0) return [0, 0, 0];
  // A wildcard that speaks for both says nothing about their order.
  return [best.quality, best.exactness, best.exactness === 3 ? -best.position : 0];
}

/** The first difference of two weights. */
const difference = (one: readonly number[], other: readonly number[]): number =>
  one.map((weight, index) => weight - (other[index] ?? 0)).find((more) => more !== 0) ?? 0;

function typeOf(mediaType: string): MediaType {
  const [type = '', subtype = ''] = mediaType.split('/');
  return [type, subtype];
}

function exactness(range: MediaRange, type: string, subtype: string): number {
  if (range.type === type && range.subtype === subtype) return 3;
  if (range.type === type && range.subtype === '*') return 2;
  return range.type === '*' && range.subtype === '*' ? 1 : 0;
}
