import type { TimeRange } from '@grafana/data';
import { hasPermission, locationService, PluginPage } from '@grafana/runtime';
import { Button, Combobox, EmptyState, Field, LinkButton, Stack, Text } from '@grafana/ui';
import React, { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';
import { APP_PATH } from '../../constants';
import { chosen, DIMENSION_OPTIONS, METRIC_OPTIONS } from '../../datasource/editor/options';
import { isMetricName, metric as metricOf } from '../../query';
import type { AppSettings } from '../../settings';
import { Answer as Asking } from '../shared/Answer';
import { filterWords, writeFilters } from '../shared/filters';
import { RangePicker } from '../shared/RangePicker';
import { useAction } from '../shared/useAction';
import { useAsk } from '../shared/useAsk';
import { useRange } from '../shared/useRange';
import { whyPath } from '../Why/paths';
import { stretchOf } from '../Why/periods';
import { alertPath } from './alert';
import { type Answer, askCosts, costSource, seriesQuery } from './ask';
import { Costs } from './Costs';
import { csvOf, dashboardOf, download, explorePath, openAsPanel } from './open';
import { backTo, filtersOf, into, readTrail, type Trail, writeTrail } from './trail';
import { TrailSteps } from './TrailSteps';

/** Running totals need an interval, and names and times are no amounts. */
const METRICS = METRIC_OPTIONS.filter(
  ({ value }) =>
    isMetricName(value) &&
    metricOf(value).formula.kind !== 'cumulative' &&
    !['text', 'time'].includes(metricOf(value).unit)
);

/** From everything to where it comes from: split, step into a value, and on; the way is in the address. */
export function ExploreCostsPage({ settings }: { settings: AppSettings }): React.JSX.Element {
  const [search, setSearch] = useSearchParams();
  const { range, setRange } = useRange();
  const trail = useMemo(() => readTrail(search), [search]);
  const go = (next: Trail) => setSearch((before) => writeTrail(before, next));
  const { asked, again } = useAsk(useCallback(() => askCosts(settings, trail, range), [settings, trail, range]));
  return (
    <PluginPage
      subTitle="Start with everything, split it, and step into what stands out."
      actions={<RangePicker range={range} onChange={setRange} />}
    >
      <Stack direction="column" gap={2}>
        <TrailSteps trail={trail} onBack={(count) => go(backTo(trail, count))} />
        <Brought trail={trail} onRemove={() => setSearch((before) => writeFilters(before, []))} />
        <Stack direction="row" gap={2} wrap="wrap" alignItems="flex-end">
          <Field noMargin label="Show" htmlFor="llmcost-explore-metric">
            <Combobox
              id="llmcost-explore-metric"
              width={28}
              options={METRICS}
              value={trail.metric}
              onChange={({ value }) => go({ ...trail, metric: value })}
            />
          </Field>
          <Field noMargin label="Split by" htmlFor="llmcost-explore-split">
            <Combobox
              id="llmcost-explore-split"
              width={28}
              options={DIMENSION_OPTIONS}
              value={chosen(DIMENSION_OPTIONS, [trail.split])[0]}
              onChange={({ value }) => go({ ...trail, split: value })}
            />
          </Field>
          {asked.state === 'ok' && <Open settings={settings} trail={trail} range={range} answer={asked.value} />}
        </Stack>
        <Asking asked={asked} again={again} what="costs">
          {(answer) =>
            answer.calls === 0 && answer.groups.length === 0 ? (
              <NoCalls />
            ) : (
              <Costs
                trail={trail}
                answer={answer}
                range={range}
                onStep={(value) => go(into(trail, value))}
                onRange={setRange}
              />
            )
          }
        </Asking>
      </Stack>
    </PluginPage>
  );
}

interface OpenProps {
  settings: AppSettings;
  trail: Trail;
  range: TimeRange;
  answer: Answer;
}

/** Where the numbers can go from here. */
function Open({ settings, trail, range, answer }: OpenProps): React.JSX.Element {
  const query = seriesQuery(trail);
  const title = `${chosen(METRICS, [trail.metric])[0].label} by ${chosen(DIMENSION_OPTIONS, [trail.split])[0].label}`;
  const inExplore = useAction(
    'Explore can’t be opened',
    useCallback(async () => {
      const { uid } = await costSource(settings);
      locationService.push(explorePath(uid, query, range));
      return undefined;
    }, [settings, query, range])
  );
  const asPanel = useAction(
    'No dashboard was made',
    useCallback(async () => {
      const { uid } = await costSource(settings);
      return openAsPanel(dashboardOf(uid, title, query, range));
    }, [settings, title, query, range])
  );
  const asAlert = useAction(
    'The rule form can’t be opened',
    useCallback(async () => {
      const { uid } = await costSource(settings);
      locationService.push(alertPath({ uid, title, query, range }));
      return undefined;
    }, [settings, title, query, range])
  );
  const csv = () => download(`llm-cost-by-${trail.split.replace(/\W+/g, '-')}.csv`, csvOf(trail, answer));
  return (
    <>
      <LinkButton
        variant="secondary"
        icon="question-circle"
        href={whyPath({ now: stretchOf(range) }, filtersOf(trail))}
      >
        Why did it change?
      </LinkButton>
      <Button variant="secondary" icon="compass" onClick={() => void inExplore.run()}>
        Explore
      </Button>
      {hasPermission('dashboards:create') && (
        <Button variant="secondary" icon="apps" disabled={asPanel.busy} onClick={() => void asPanel.run()}>
          Panel
        </Button>
      )}
      {hasPermission('alert.rules:create') && (
        <Button variant="secondary" icon="bell" onClick={() => void asAlert.run()}>
          Alert
        </Button>
      )}
      <Button variant="secondary" icon="download-alt" onClick={csv}>
        CSV
      </Button>
      {inExplore.problem}
      {asPanel.problem}
      {asAlert.problem}
    </>
  );
}

/** What a link brought that is no step. */
function Brought({ trail, onRemove }: { trail: Trail; onRemove: () => void }): React.JSX.Element | null {
  return trail.filters ? (
    <Stack direction="row" gap={1} alignItems="center" wrap="wrap">
      <Text color="secondary">{`Only where ${trail.filters.map(filterWords).join(', and ')}`}</Text>
      <Button variant="secondary" size="sm" icon="times" onClick={onRemove}>
        Remove these filters
      </Button>
    </Stack>
  ) : null;
}

function NoCalls(): React.JSX.Element {
  return (
    <EmptyState
      variant="not-found"
      message="No calls here"
      button={<LinkButton href={`${APP_PATH}/setup`}>How to send calls</LinkButton>}
    >
      <Text element="p">Take a longer time range or a step back.</Text>
    </EmptyState>
  );
}
