import type { EChartsCoreOption } from 'echarts/core';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { significant } from '../logic/format';
import { toCsv, type DataTable } from '../logic/csv';
import type { ChartEvents } from './echart';
import { usePalette } from './palette';
import { fileName, save } from './save';
import './chart.css';

const EChart = lazy(async () => ({ default: (await import('./echart')).EChart }));

export interface ChartFrameProps {
  readonly title: string;
  /** What the picture shows, in a sentence, for those who do not see it. */
  readonly summary: string;
  readonly option: EChartsCoreOption;
  readonly height: number;
  readonly data: DataTable;
  readonly events?: ChartEvents;
  readonly controls?: ReactNode;
  readonly legend?: ReactNode;
  readonly note?: ReactNode;
}

const EXPORT_WIDTH = 960;
const MOST_TABLE_ROWS = 500;

/** A figure as in a paper: title, picture, legend, caption; its data as a table and as a download. */
export function ChartFrame(props: ChartFrameProps) {
  const { title, summary, option, height, data, events, controls, legend, note } = props;
  const [asTable, setAsTable] = useState(false);
  return (
    <figure className="chart">
      <header className="row">
        <h2>{title}</h2>
        <div className="row push">{controls}</div>
      </header>
      {asTable ? (
        <ValuesTable data={data} title={title} height={height} />
      ) : (
        <Suspense fallback={<ChartSpace height={height} />}>
          <EChart option={option} height={height} label={summary} events={events} />
        </Suspense>
      )}
      <footer className="row small">
        <div className="row">{legend}</div>
        <Tools {...props} asTable={asTable} onTable={() => setAsTable(!asTable)} />
      </footer>
      {note && <figcaption className="muted small">{note}</figcaption>}
    </figure>
  );
}

function ChartSpace({ height }: { readonly height: number }) {
  return <div style={{ height }} />;
}

function Tools({
  title,
  option,
  height,
  data,
  asTable,
  onTable,
}: ChartFrameProps & {
  readonly asTable: boolean;
  readonly onTable: () => void;
}) {
  const palette = usePalette();
  const picture = async (as: 'png' | 'svg') => {
    const { render } = await import('./echarts');
    const content = render(option, EXPORT_WIDTH, Math.max(height, 360), palette.paper, as);
    save(content, as === 'svg' ? 'image/svg+xml' : 'image/png', fileName(title, as));
  };
  return (
    <div className="tools push" role="group" aria-label={`${title}: table and downloads`}>
      <button type="button" className="quiet" aria-pressed={asTable} onClick={onTable}>
        table
      </button>
      <button type="button" className="quiet" onClick={() => void picture('png')} aria-label="Download PNG">
        PNG
      </button>
      <button type="button" className="quiet" onClick={() => void picture('svg')} aria-label="Download SVG">
        SVG
      </button>
      <button
        type="button"
        className="quiet"
        onClick={() => save(toCsv(data), 'text/csv', fileName(title, 'csv'))}
        aria-label="Download CSV"
      >
        CSV
      </button>
    </div>
  );
}

function ValuesTable({
  data,
  title,
  height,
}: {
  readonly data: DataTable;
  readonly title: string;
  readonly height: number;
}) {
  const left = data.rows.length - MOST_TABLE_ROWS;
  return (
    <div
      className="scroll-x values"
      style={{ height }}
      tabIndex={0}
      role="region"
      aria-label={`${title}, data`}
    >
      <table>
        <thead>
          <tr>
            {data.head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="num">
          {data.rows.slice(0, MOST_TABLE_ROWS).map((row, index) => (
            <tr key={index}>
              {row.map((value, column) => (
                <td key={column}>
                  {typeof value === 'number' && !Number.isInteger(value)
                    ? significant(value, 4)
                    : (value ?? '–')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {left > 0 && <p className="muted small">{left} more rows are in the CSV.</p>}
    </div>
  );
}
