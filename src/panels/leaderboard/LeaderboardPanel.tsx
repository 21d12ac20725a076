import { css } from '@emotion/css';
import type { GrafanaTheme2, PanelProps } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import React, { useMemo } from 'react';
import { Advice, failureOf } from '../shared/Advice';
import { Donut } from './Donut';
import type { LeaderboardOptions } from './options';
import { RankedTable } from './RankedTable';
import { type Ranking, rankingOf } from './ranking';

/** Narrower panels have the donut above the table. */
const BESIDE_PX = 560;
const DONUT = { most: 190, least: 96 };
/** Of the height, where the table is below: half of it would leave the table one row in a low panel. */
const DONUT_ABOVE = 0.4;

/** What to do about a panel that has nothing to show. */
const ADVICE: Readonly<Record<Exclude<Ranking['state'], 'rows'>, string>> = {
  empty: 'No calls in this time range with these filters. Take a longer range, or fewer filters.',
  unknown: 'None of these calls has a price, so their cost is unknown. Add prices for their models.',
  unfit:
    'Nothing to rank. This panel takes a table with one row for each entry: group by one dimension and choose the format “Table”.',
};

/** A donut with the total in its middle, and the same rows ranked in a table. */
export function LeaderboardPanel({
  data,
  options,
  fieldConfig,
  title,
  width,
  height,
}: PanelProps<LeaderboardOptions>): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const { series, timeRange } = data;
  const ranking = useMemo(() => rankingOf(series, options, theme, timeRange), [series, options, theme, timeRange]);
  if (ranking.state !== 'rows') {
    const own = failureOf(data) ?? (ranking.state === 'empty' ? fieldConfig.defaults.noValue : undefined);
    return <Advice>{own ?? ADVICE[ranking.state]}</Advice>;
  }
  const beside = width >= BESIDE_PX;
  const room = beside ? Math.min(height, width / 4) : Math.min(height * DONUT_ABOVE, width);
  const size = Math.min(DONUT.most, room);
  const { rows, totalText } = ranking;
  return (
    <div className={styles.panel} style={{ width, height, flexDirection: beside ? 'row' : 'column' }}>
      {options.showDonut && size >= DONUT.least && (
        <div className={styles.donut}>
          <Donut title={title} rows={rows} totalText={totalText} size={size} />
        </div>
      )}
      <RankedTable title={title} ranking={ranking} />
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  panel: css({ display: 'flex', gap: theme.spacing(1), minHeight: 0 }),
  donut: css({ display: 'flex', flexShrink: 0, justifyContent: 'center' }),
});
