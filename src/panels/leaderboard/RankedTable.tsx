import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import React, { useState } from 'react';
import { Linked } from '../shared/Linked';
import { Scroller } from '../shared/Scroller';
import { shareText } from '../shared/share';
import { ShareBar, SplitBar } from './Bars';
import type { Ranking, Row } from './ranking';
import { sorted, type Sorting, type SortKey } from './sorting';
import { TrendCell } from './TrendCell';

type Ranked = Extract<Ranking, { state: 'rows' }>;

interface Props {
  title: string;
  ranking: Ranked;
}

/** The rows by rank; a click on a heading sorts by it. The last line is the total, the same as the donut's. */
export function RankedTable({ title, ranking }: Props): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const [sorting, setSorting] = useState<Sorting>({ by: 'rank', down: true });
  const { columns, rows, labelName, valueName, totalText, hasTrend } = ranking;
  const hasSplit = rows.some(({ segments }) => segments.length > 0);
  const heading = (by: SortKey, name: string, numeric = false, description?: string) => (
    <Heading key={by} by={by} name={name} numeric={numeric} description={description} {...{ sorting, setSorting }} />
  );
  return (
    <Scroller label={title} className={styles.scroll}>
      <table className={styles.table} aria-label={title}>
        <thead>
          <tr>
            {heading('rank', 'Rank')}
            {heading('label', labelName)}
            <th scope="col" className={styles.number}>{`${valueName} & share`}</th>
            <th scope="col">Distribution</th>
            {hasSplit && <th scope="col">Input / output</th>}
            {columns.map(({ name, numeric, description }, i) => heading(i, name, numeric, description))}
            {hasTrend && heading('trend', 'Trend')}
          </tr>
        </thead>
        <tbody>
          {sorted(rows, sorting).map((row) => (
            <Line key={row.label} row={row} ranking={ranking} hasSplit={hasSplit} />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td />
            <th scope="row">Total</th>
            <td className={styles.number}>{totalText}</td>
            <td colSpan={1 + Number(hasSplit) + columns.length + Number(hasTrend)} />
          </tr>
        </tfoot>
      </table>
    </Scroller>
  );
}

function Line({ row, ranking, hasSplit }: { row: Row; ranking: Ranked; hasSplit: boolean }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const { columns, hasTrend } = ranking;
  return (
    <tr>
      <td>
        <span className={styles.badge} style={{ borderColor: row.color }}>
          {row.rank ?? '–'}
        </span>
      </td>
      <th scope="row" className={styles.label}>
        <Linked links={row.links} label={row.label} className={styles.link}>
          {row.label}
        </Linked>
      </th>
      <td className={styles.number}>
        {row.text}
        <span className={styles.share}>{shareText(row.share)}</span>
      </td>
      <td>
        <ShareBar share={row.share} color={row.color} />
      </td>
      {hasSplit && (
        <td>
          <SplitBar segments={row.segments} />
        </td>
      )}
      {row.cells.map(({ text }, i) => (
        <td key={columns[i].name} className={columns[i].numeric ? styles.number : styles.cell}>
          {text}
        </td>
      ))}
      {hasTrend && (
        <td>
          <TrendCell trend={row.trend} />
        </td>
      )}
    </tr>
  );
}

interface HeadingProps {
  by: SortKey;
  name: string;
  numeric: boolean;
  description?: string;
  sorting: Sorting;
  setSorting: (sorting: Sorting) => void;
}

function Heading({ by, name, numeric, description, sorting, setSorting }: HeadingProps): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const active = sorting.by === by;
  const order = sorting.down ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={active ? order : undefined} className={numeric ? styles.number : undefined}>
      <button
        type="button"
        className={styles.heading}
        title={description}
        onClick={() => setSorting({ by, down: active ? !sorting.down : by !== 'label' })}
      >
        {name}
        {active && <Icon name={sorting.down ? 'arrow-down' : 'arrow-up'} size="xs" />}
      </button>
    </th>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroll: css({ flex: 1, minWidth: 0 }),
  table: css({
    width: '100%',
    fontSize: theme.typography.bodySmall.fontSize,
    'th, td': { padding: theme.spacing(0.5), textAlign: 'left', whiteSpace: 'nowrap' },
    'thead th': {
      position: 'sticky',
      top: 0,
      zIndex: 1,
      background: theme.colors.background.primary,
      color: theme.colors.text.secondary,
    },
    th: { fontWeight: theme.typography.fontWeightMedium },
    'tbody tr': { borderTop: `1px solid ${theme.colors.border.weak}` },
    tfoot: {
      position: 'sticky',
      bottom: 0,
      background: theme.colors.background.primary,
      borderTop: `1px solid ${theme.colors.border.medium}`,
    },
  }),
  number: css({ '&&': { textAlign: 'right' }, fontVariantNumeric: 'tabular-nums' }),
  cell: css({ maxWidth: theme.spacing(32), overflow: 'hidden', textOverflow: 'ellipsis' }),
  label: css({ maxWidth: theme.spacing(32), overflow: 'hidden', textOverflow: 'ellipsis' }),
  link: css({
    display: 'block',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    '&:is(a, button)': { color: theme.colors.text.link },
  }),
  share: css({ display: 'block', color: theme.colors.text.secondary }),
  heading: css({ padding: 0, border: 0, background: 'none', color: 'inherit', font: 'inherit' }),
  badge: css({
    display: 'inline-block',
    minWidth: theme.spacing(2.5),
    padding: theme.spacing(0, 0.5),
    border: '2px solid',
    borderRadius: theme.shape.radius.pill,
    textAlign: 'center',
  }),
});
