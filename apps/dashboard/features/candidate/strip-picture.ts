import type { Cell } from '../../shared/api/types';
import type { Palette } from '../../shared/chart/palette';
import { parseHex } from '../../shared/chart/hex';
import { letterOf } from '../../shared/logic/families';
import { layoutStrip, sharingArcs, type ShareKind } from '../../shared/logic/strip';

const [WIDTH, TOP, CELL, GAP] = [960, 36, 48, 1.5];

/** Black or white, whichever reads better on a colour (relative luminance of WCAG 2, threshold of equal contrast). */
export function inkOn(color: string): '#111111' | '#ffffff' {
  const [r, g, b] = parseHex(color).map((c) => {
    const s = c / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b! > 0.179 ? '#111111' : '#ffffff';
}

function boxes(cells: readonly Cell[], by: ShareKind, palette: Palette) {
  return layoutStrip(cells, by).map(({ cell, x, width }) => ({
    cell,
    x: x * WIDTH,
    width: width * WIDTH - GAP,
    fill: palette[`family-${cell.family}`],
  }));
}

const xml = (text: string) => text.replace(/[<>&"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** The strip as a file of its own, with no style sheet behind it. */
export function stripSvg(cells: readonly Cell[], by: ShareKind, palette: Palette): string {
  const placed = boxes(cells, by, palette);
  const centre = (i: number) => placed[i]!.x + placed[i]!.width / 2;
  const arcs = sharingArcs(cells).map(
    ({ from, to, kind }) =>
      `<path d="M${centre(from)} ${TOP}C${centre(from)} 4 ${centre(to)} 4 ${centre(to)} ${TOP}" fill="none" stroke="${palette.muted}"${kind === 'values' ? ' stroke-dasharray="3 2.5"' : ''}/>`,
  );
  const shapes = placed.map(({ cell, x, width, fill }) => {
    const middle = x + width / 2;
    const ink = inkOn(fill);
    return `<g text-anchor="middle" fill="${ink}" font-family="monospace"><rect x="${x}" y="${TOP}" width="${width}" height="${CELL}" rx="2" fill="${fill}"/><text x="${middle}" y="${TOP + 21}" font-size="14" font-weight="600">${xml(letterOf(cell))}</text><text x="${middle}" y="${TOP + 38}" font-size="10">${xml(cell.label)}</text></g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${TOP + CELL}" viewBox="0 0 ${WIDTH} ${TOP + CELL}">${arcs.join('')}${shapes.join('')}</svg>`;
}

/** The same strip on a canvas, as a data URL. */
export function drawStrip(cells: readonly Cell[], by: ShareKind, palette: Palette): string {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [WIDTH * 2, (TOP + CELL) * 2];
  const pen = canvas.getContext('2d')!;
  pen.scale(2, 2);
  pen.fillStyle = palette.paper;
  pen.fillRect(0, 0, WIDTH, TOP + CELL);
  pen.textAlign = 'center';
  const placed = boxes(cells, by, palette);
  const centre = (i: number) => placed[i]!.x + placed[i]!.width / 2;
  pen.strokeStyle = palette.muted;
  for (const { from, to, kind } of sharingArcs(cells)) {
    pen.setLineDash(kind === 'values' ? [3, 2.5] : []);
    pen.beginPath();
    pen.moveTo(centre(from), TOP);
    pen.bezierCurveTo(centre(from), 4, centre(to), 4, centre(to), TOP);
    pen.stroke();
  }
  for (const { cell, x, width, fill } of placed) {
    pen.fillStyle = fill;
    pen.fillRect(x, TOP, width, CELL);
    pen.fillStyle = inkOn(fill);
    pen.font = '600 14px monospace';
    pen.fillText(letterOf(cell), x + width / 2, TOP + 21, width);
    pen.font = '10px monospace';
    pen.fillText(cell.label, x + width / 2, TOP + 38, width - 4);
  }
  return canvas.toDataURL('image/png');
}
