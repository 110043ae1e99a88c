import fc from 'fast-check';
import { intervalBar, shade, shareBar } from './bars';

const ascii = { blocks: false };
const blocks = { blocks: true };

test('a bar begins at zero, its interval lies around its end', () => {
  expect(intervalBar({ score: 0.5, low: 0.4, high: 0.6 }, ascii)).toBe('   |###########====--');
  expect(intervalBar({ score: 0.5, low: 0.4, high: 0.6 }, blocks)).toMatch(/^ {3}│█+▓+░+$/);
  expect(intervalBar({ score: -0.05, low: -0.1, high: 0 }, ascii)).toMatch(/^==-*/);
  expect(intervalBar({ score: 1, low: 1, high: 1 }, ascii)).toMatch(/^ {3}\|#+=$/);
});

test('laws: one character set, one width, and a better score has no shorter bar', () => {
  const value = fc.double({ min: -0.5, max: 1.2, noNaN: true });
  fc.assert(
    fc.property(value, value, (a, b) => {
      const [worse, better] = [Math.min(a, b), Math.max(a, b)];
      const bar = (score: number) => intervalBar({ score, low: score, high: score }, ascii);
      expect(bar(worse)).toMatch(/^[ |#=-]{0,33}$/);
      if (worse >= 0) expect(bar(better).length).toBeGreaterThanOrEqual(bar(worse).length);
      expect(shade(better, ascii).codePointAt(0)).toBeDefined();
      expect(shareBar(better, ascii).length).toBeGreaterThanOrEqual(shareBar(worse, ascii).length);
    }),
  );
});

test('five shades, and what lies outside stands at the edge', () => {
  expect([-1, 0, 0.19, 0.2, 0.5, 0.7, 0.8, 1, 2].map((score) => shade(score, ascii)).join('')).toBe(
    '...:+#@@@',
  );
  expect([0, 0.2, 0.4, 0.6, 0.8].map((score) => shade(score, blocks)).join('')).toBe('·░▒▓█');
});
