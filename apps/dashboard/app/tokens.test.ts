import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHex } from '../shared/chart/hex';

type Tokens = ReadonlyMap<string, string>;

/** Colours of both themes as the style sheet says them; dark overrides what it names. */
function themes(): { readonly light: Tokens; readonly dark: Tokens } {
  const css = readFileSync(join(__dirname, 'tokens.css'), 'utf8');
  const [light = '', dark = ''] = css.split('@media');
  const read = (text: string) =>
    [...text.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1]!, match[2]!] as const);
  return { light: new Map(read(light)), dark: new Map([...read(light), ...read(dark)]) };
}

function luminance(color: string): number {
  const [r, g, b] = parseHex(color).map((c) => {
    const s = c / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

/** WCAG 2.2 contrast ratio, 1 to 21. */
function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

const FAMILIES = ['attention', 'convolution', 'recurrence', 'memoryless', 'mixture'];
const TEXT = ['ink', 'muted', 'accent', 'warn', 'bad', 'good'];

describe.each(Object.entries(themes()))('%s theme', (_, tokens) => {
  const color = (name: string) => tokens.get(name)!;

  test.each(TEXT)('text in %s reads on paper and sheet (AA, 4.5)', (name) => {
    expect(contrast(color(name), color('paper'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(color(name), color('sheet'))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(FAMILIES)('the letter of %s reads on its colour (AA, 4.5)', (family) => {
    expect(contrast(color(`family-${family}-ink`), color(`family-${family}`))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(['point', 'ramp-0', 'ramp-1', 'ramp-2'])(
    'front points in %s stand out (AA graphics, 3)',
    (name) => {
      expect(contrast(color(name), color('paper'))).toBeGreaterThanOrEqual(3);
    },
  );

  test('selected rows keep their text readable', () => {
    expect(contrast(color('ink'), color('accent-wash'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(color('muted'), color('accent-wash'))).toBeGreaterThanOrEqual(4.5);
  });
});
