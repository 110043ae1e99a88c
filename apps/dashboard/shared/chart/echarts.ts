import { BarChart, CustomChart, LineChart, ParallelChart, ScatterChart } from 'echarts/charts';
import {
  BrushComponent,
  GridComponent,
  MarkLineComponent,
  ParallelComponent,
  TooltipComponent,
} from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';

use([
  BarChart,
  BrushComponent,
  CanvasRenderer,
  CustomChart,
  GridComponent,
  LineChart,
  MarkLineComponent,
  ParallelChart,
  ParallelComponent,
  ScatterChart,
  SVGRenderer,
  TooltipComponent,
]);

const PIXEL_RATIO = 2;

/** Draws a chart without showing it: canvas bytes as a data URL, or SVG text. */
export function render(
  option: EChartsCoreOption,
  width: number,
  height: number,
  paper: string,
  as: 'png' | 'svg',
): string {
  const still = { ...option, animation: false, backgroundColor: paper };
  if (as === 'svg') {
    const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
    chart.setOption(still);
    const text = chart.renderToSVGString();
    chart.dispose();
    return text;
  }
  const host = document.createElement('div');
  const chart = init(host, null, { renderer: 'canvas', width, height, devicePixelRatio: PIXEL_RATIO });
  chart.setOption(still);
  const url = chart.getDataURL({ type: 'png', pixelRatio: PIXEL_RATIO, backgroundColor: paper });
  chart.dispose();
  return url;
}

export { init };
