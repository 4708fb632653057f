import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TERM_HUES, termColor } from '../../src/ui/term-color.ts';

const css = readFileSync(new URL('../../src/ui/styles/tokens.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');

interface Oklch {
  readonly lightness: number;
  readonly chroma: number;
  readonly hue: number;
}
type Triple = readonly [number, number, number];

function token(block: string, name: string): Oklch {
  const found = new RegExp(`--${name}: oklch\\(([\\d.]+)% ([\\d.]+) ([\\d.]+)\\)`).exec(block);
  if (found === null) throw new Error(`--${name} is not a plain oklch colour`);
  const [, lightness, chroma, hue] = found.map(Number);
  return { lightness: (lightness ?? 0) / 100, chroma: chroma ?? 0, hue: hue ?? 0 };
}

/** Linear sRGB of an OKLCH colour (Björn Ottosson's matrices), clipped to the gamut. */
function linear({ lightness, chroma, hue }: Oklch): Triple {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return clip([
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]);
}

function clip([r, g, b]: Triple): Triple {
  const one = (value: number) => Math.min(1, Math.max(0, value));
  return [one(r), one(g), one(b)];
}

function oklab([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** How others see: Machado, Oliveira and Fernandes 2009, at full severity; the first sees all. */
const eyes: Readonly<Record<string, readonly [Triple, Triple, Triple]>> = {
  'all cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function seen(color: Oklch, [red, green, blue]: readonly [Triple, Triple, Triple]): Triple {
  const from = linear(color);
  const row = (weights: Triple) => weights[0] * from[0] + weights[1] * from[1] + weights[2] * from[2];
  return oklab(clip([row(red), row(green), row(blue)]));
}

function luminance(color: Oklch): number {
  const [r, g, b] = linear(color);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: Oklch, other: Oklch): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

describe.each([
  ['light', light],
  ['dark', dark],
])('in the %s theme', (_, block) => {
  const terms = Array.from({ length: TERM_HUES }, (__, term) => token(block, `term-${term}`));

  it('all hues of terms have the same lightness', () => {
    expect(new Set(terms.map(({ lightness }) => lightness)).size).toBe(1);
  });

  it('whatever is written reads at 4.5:1 or better', () => {
    for (const paper of ['paper', 'paper-2']) {
      for (const name of ['ink', 'ink-soft', 'accent', 'broken']) {
        expect(contrast(token(block, name), token(block, paper)), `${name} on ${paper}`).toBeGreaterThanOrEqual(4.5);
      }
      for (const [term, color] of terms.entries()) {
        expect(contrast(color, token(block, paper)), `term ${term} on ${paper}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    for (const [term, color] of terms.entries()) {
      expect(contrast(token(block, 'on-term'), color), `text on term ${term}`).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast(token(block, 'on-accent'), token(block, 'accent'))).toBeGreaterThanOrEqual(4.5);
    for (const wash of ['accent-wash', 'broken-wash']) {
      expect(contrast(token(block, 'ink'), token(block, wash)), wash).toBeGreaterThanOrEqual(4.5);
      expect(contrast(token(block, 'ink-soft'), token(block, wash)), wash).toBeGreaterThanOrEqual(4.5);
    }
  });

  it.each(Object.keys(eyes))('neighbouring terms are told apart with %s', (name) => {
    const eye = eyes[name];
    if (eye === undefined) throw new Error(name);
    for (const [term, color] of terms.entries()) {
      const next = terms[(term + 1) % TERM_HUES];
      if (next === undefined) throw new Error('no next term');
      const [one, other] = [seen(color, eye), seen(next, eye)];
      const apart = Math.hypot(...one.map((value, axis) => value - (other[axis] ?? 0)));
      expect(apart, `term ${term} and the next`).toBeGreaterThan(0.06);
    }
  });

  it('no hue of a term is near that of what is broken', () => {
    const broken = token(block, 'broken');
    for (const { hue } of terms) {
      const apart = Math.abs(((hue - broken.hue + 540) % 360) - 180);
      expect(apart).toBeGreaterThan(30);
    }
  });
});

describe('the colour of a term', () => {
  it('cycles after eight terms, and term 0 has none', () => {
    expect(termColor(1)).toBe('var(--term-0)');
    expect(termColor(TERM_HUES)).toBe(`var(--term-${TERM_HUES - 1})`);
    expect(termColor(TERM_HUES + 1)).toBe(termColor(1));
    expect(termColor(0)).toBe('var(--ink-soft)');
  });
});
