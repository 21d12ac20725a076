import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import React, { useState } from 'react';
import { Scroller } from '../../panels/shared/Scroller';
import { count } from './format';

/** A column: what it says of a row. */
export interface TableColumn<R> {
  readonly name: string;
  readonly cell: (row: R) => React.ReactNode;
  /** Numbers stand on the right. */
  readonly numeric?: boolean;
  /** Dates and names that must not break. */
  readonly whole?: boolean;
  /** Sentences, which are given room: rows stay low, and the table scrolls in itself. */
  readonly sentence?: boolean;
  /** Its name is for those who hear the table: what its cells are is plain to see. */
  readonly quiet?: boolean;
  /** Left out on narrow screens. */
  readonly wide?: boolean;
  /** The last column, of buttons: in sight where the table is wider than the screen. */
  readonly pinned?: boolean;
}

interface Props<R> {
  caption: string;
  columns: ReadonlyArray<TableColumn<R>>;
  rows: readonly R[];
  idOf: (row: R) => string;
}

/** More rows make a page slow, and nobody reads them: they are there by a click. */
const FIRST_ROWS = 200;

/** A plain table that scrolls in itself where the screen is narrow. */
export function DataTable<R>({ caption, columns, rows, idOf }: Props<R>): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const [whole, setWhole] = useState(false);
  const shown = whole ? rows : rows.slice(0, FIRST_ROWS);
  const classOf = ({ numeric, whole: unbroken, sentence, wide, pinned }: TableColumn<R>) =>
    [
      numeric ? styles.number : styles.text,
      unbroken ? styles.whole : '',
      sentence ? styles.sentence : '',
      wide ? styles.wide : '',
      pinned ? styles.pinned : '',
    ].join(' ');
  return (
    <Scroller label={caption} className={styles.frame}>
      <table className={styles.table}>
        <caption className={styles.caption}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.name} scope="col" className={classOf(column)}>
                {column.quiet ? <span className="sr-only">{column.name}</span> : column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={idOf(row)}>
              {columns.map((column) => (
                <td key={column.name} className={classOf(column)}>
                  {column.numeric || column.whole || column.sentence ? (
                    column.cell(row)
                  ) : (
                    <div className={styles.limited}>{column.cell(row)}</div>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < rows.length && (
        <Button variant="secondary" size="sm" className={styles.more} onClick={() => setWhole(true)}>
          {`Show all ${count(rows.length)} rows`}
        </Button>
      )}
    </Scroller>
  );
}

const getStyles = (theme: GrafanaTheme2) => {
  const cell = {
    padding: theme.spacing(0.75, 1),
    // On a phone the room between columns is worth a word.
    [theme.breakpoints.down('sm')]: { padding: theme.spacing(0.75, 0.5) },
    borderBottom: `1px solid ${theme.colors.border.weak}`,
  };
  return {
    frame: css({ maxWidth: '100%' }),
    table: css({ width: '100%', fontVariantNumeric: 'tabular-nums' }),
    caption: css({
      captionSide: 'top',
      ...theme.typography.h5,
      padding: theme.spacing(1, 0),
      color: theme.colors.text.primary,
    }),
    text: css({ ...cell, textAlign: 'left' }),
    number: css({ ...cell, textAlign: 'right', whiteSpace: 'nowrap' }),
    // A name without spaces, such as an ARN, breaks here and leaves room for the other columns.
    limited: css({ maxWidth: 'min(22em, 60vw)', overflowWrap: 'break-word' }),
    more: css({ margin: theme.spacing(1, 0) }),
    whole: css({ whiteSpace: 'nowrap' }),
    pinned: css({ position: 'sticky', right: 0, background: theme.colors.background.primary }),
    sentence: css({ minWidth: '16em' }),
    wide: css({ [theme.breakpoints.down('md')]: { display: 'none' } }),
  };
};
