import { useMemo } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { ScoreSheet } from '../../shared/api/types';
import { ContextChart } from '../../shared/evaluation/context-chart';
import { TasksHeatMap } from '../../shared/evaluation/tasks-heat-map';
import { useSheet } from '../../shared/evaluation/use-sheet';
import { beaten, letterAt } from '../../shared/logic/heat';
import { Loaded } from '../../shared/ui/loaded';
import { usePageTitle } from '../../shared/ui/page-title';
import { Backbones } from './backbones';
import { FamiliesSideBySide } from './families-side-by-side';
import { Objectives } from './objectives';
import { WhoBeatsWhom } from './who-beats-whom';
import './compare.css';

const MOST = 5;

/** Which of these five? Its address says what is compared: `?of=cand_…,cand_…`. */
export function ComparePage() {
  const [params] = useSearchParams();
  const of = useMemo(() => [...new Set((params.get('of') ?? '').split(',').filter(Boolean))], [params]);
  usePageTitle('Compare');
  const fits = of.length >= 2 && of.length <= MOST;
  const sheet = useSheet(fits ? of : []);
  return (
    <div className="stack">
      <div className="page-head">
        <p className="crumb">
          <Link to="/" data-up>
            Searches
          </Link>
        </p>
        <h1>Compare</h1>
      </div>
      {fits ? (
        <Loaded query={sheet} what="comparison">
          {(data) => <Compared sheet={data} />}
        </Loaded>
      ) : (
        <p className="notice">
          Two to five candidates can be compared;{' '}
          {of.length === 0 ? 'none is' : of.length === 1 ? 'one is' : `${of.length} are`} named in the
          address. Select them in a search and follow “compare”.
        </p>
      )}
    </div>
  );
}

function Compared({ sheet }: { readonly sheet: ScoreSheet }) {
  const columns = useMemo(
    () =>
      sheet.items.map((item, index) => ({
        key: item.id,
        label: letterAt(index),
        title: `${letterAt(index)} ${item.label}`,
        score: item.score,
        low: item.low,
        high: item.high,
        errors: item.errors,
        mark: (task: number) => {
          const count = beaten(sheet.differences, index, task);
          return count === 0 ? '' : ` ▲${count}`;
        },
      })),
    [sheet],
  );
  const contexts = sheet.items.flatMap((item, index) =>
    item.context && item.context.points.length > 1
      ? [{ label: `${letterAt(index)} ${item.label}`, context: item.context }]
      : [],
  );
  return (
    <>
      <p>
        Suite {sheet.suite} version {sheet.suiteVersion}, tier {sheet.tier}, {sheet.split} split.
        {sheet.notes.map((note) => ` ${note}`)}
      </p>
      <Backbones items={sheet.items} />
      <Objectives items={sheet.items} />
      <WhoBeatsWhom sheet={sheet} />
      <FamiliesSideBySide sheet={sheet} />
      {contexts.length > 0 && <ContextChart lines={contexts} />}
      <TasksHeatMap
        tasks={sheet.tasks}
        columns={columns}
        note="▲ with a number: so many of the others are beaten beyond the noise of test items and training seeds."
      />
    </>
  );
}
