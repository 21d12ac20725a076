import { css } from '@emotion/css';
import { type DataQueryRequest, dateTimeFormat, type GrafanaTheme2, type PanelProps } from '@grafana/data';
import { Text, TextLink, useStyles2 } from '@grafana/ui';
import React, { useCallback, useMemo, useState } from 'react';
import { resolveFilters } from '../../datasource/query/toCostQuery';
import { DATASOURCE_TYPE, type LlmCostQuery, type QueryFilter } from '../../datasource/types';
import { whyPath } from '../../pages/Why/paths';
import { beforeOf, limitsOf, type Periods } from '../../pages/Why/periods';
import { Waterfall } from '../../pages/Why/Waterfall';
import { stepsOf } from '../../pages/Why/waterfall';
import { WhoMoved } from '../../pages/Why/WhoMoved';
import { askWhy, hasCost, unpricedWords, type WhyReport } from '../../pages/Why/why';
import { Answer } from '../../pages/shared/Answer';
import { useAsk } from '../../pages/shared/useAsk';
import { Scroller } from '../shared/Scroller';
import { Advice } from '../shared/Advice';
import { comparedPeriods } from './compared';
import type { WhyOptions } from './options';

const UNFIT = 'Nothing to compare. Give this panel a query of the source LLM Cost: its filters say whose cost it is.';
const EMPTY = 'Neither period cost anything. Take a longer time range or fewer filters.';
/** Below this many pixels there is only room for names and amounts. */
const NARROW = 560;

/** The filters of the panel's first cost query, as it was run: variables filled in, ad-hoc filters beside them. */
function filtersOf({ targets = [], scopedVars = {}, filters }: Partial<DataQueryRequest>): QueryFilter[] | undefined {
  const query = targets.find(({ datasource }) => datasource?.type === DATASOURCE_TYPE);
  return query && resolveFilters((query as LlmCostQuery).filters, { scopedVars, adHoc: filters });
}

/** Why the cost of the dashboard's time range differs from that of an earlier period: the page of that name, in a panel. */
export function WhyPanel(props: PanelProps<WhyOptions>): React.JSX.Element {
  const { data, options, timeRange, timeZone } = props;
  const filters = filtersOf(data.request ?? {});
  // Each refresh brings new objects: what is asked is told by its text.
  const question = filters && JSON.stringify({ periods: comparedPeriods(timeRange, options, timeZone), filters });
  return question === undefined ? <Advice>{UNFIT}</Advice> : <Compared {...props} question={question} />;
}

interface Question {
  readonly periods: Periods;
  readonly filters: readonly QueryFilter[];
}

function Compared({ question, ...props }: PanelProps<WhyOptions> & { question: string }): React.JSX.Element {
  const { title, width, height, fieldConfig } = props;
  const styles = useStyles2(getStyles);
  const { periods, filters } = useMemo(() => JSON.parse(question) as Question, [question]);
  const { asked, again } = useAsk(useCallback(() => askWhy(periods, filters), [periods, filters]));
  // The last answer stays until the next one is there: a refresh doesn't empty the panel.
  const [last, setLast] = useState<WhyReport>();
  if (asked.state === 'ok' && asked.value !== last) {
    setLast(asked.value);
  }
  const shown = asked.state === 'loading' && last ? { state: 'ok' as const, value: last } : asked;
  return (
    <Scroller label={title || 'Why did it change?'} style={{ width, height }}>
      <div className={styles.panel} aria-busy={asked.state === 'loading'}>
        <Answer asked={shown} again={again} what="what changed">
          {(report) =>
            hasCost(report) ? (
              <Found report={report} periods={periods} filters={filters} {...props} />
            ) : (
              <Advice>{`${fieldConfig.defaults.noValue ?? EMPTY} ${unpricedWords(report)}`.trim()}</Advice>
            )
          }
        </Answer>
      </div>
    </Scroller>
  );
}

function Found({
  report,
  periods,
  filters,
  width,
  options,
  timeZone,
}: PanelProps<WhyOptions> & Question & { report: WhyReport }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const narrow = width < NARROW;
  const words = (limits: { readonly from: number; readonly to: number }): string =>
    [limits.from, limits.to].map((ms) => dateTimeFormat(ms, { timeZone, format: 'ddd YYYY-MM-DD HH:mm' })).join(' to ');
  return (
    <>
      <Text element="p" variant="h5">
        {report.sentence}
      </Text>
      <Text element="p" variant="bodySmall" color="secondary">
        {`${words(limitsOf(periods.now))}, compared with ${periods.average ? 'an average of ' : ''}${words(beforeOf(periods))}. ${unpricedWords(report)}`.trim()}{' '}
        <TextLink inline href={whyPath(periods, filters)} variant="bodySmall">
          Open as a page
        </TextLink>
      </Text>
      <div className={narrow ? undefined : styles.columns}>
        <Waterfall steps={stepsOf(report)} brief narrow={narrow} />
        {options.who > 0 && <WhoMoved report={report} filters={filters} narrow most={options.who} />}
      </div>
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  panel: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1) }),
  columns: css({
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 3fr) minmax(0, 2fr)',
    gap: theme.spacing(3),
    alignItems: 'start',
  }),
});
