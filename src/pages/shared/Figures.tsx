import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Text, useStyles2 } from '@grafana/ui';
import React from 'react';

/** A number with its name and something to compare it with. */
export interface Figure {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
}

/** The numbers at the head of a page. */
export function Figures({ figures }: { figures: readonly Figure[] }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  return (
    <dl className={styles.list}>
      {figures.map(({ label, value, note }) => (
        <div key={label} className={styles.figure}>
          <dt>
            <Text variant="bodySmall" color="secondary">
              {label}
            </Text>
          </dt>
          <dd>
            <Text variant="h3" element="span">
              {value}
            </Text>
            {note && (
              <div>
                <Text variant="bodySmall" color="secondary">
                  {note}
                </Text>
              </div>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({
    display: 'grid',
    gridTemplateColumns: `repeat(auto-fit, minmax(${theme.spacing(20)}, 1fr))`,
    gap: theme.spacing(1),
    margin: 0,
  }),
  figure: css({
    padding: theme.spacing(1.5),
    background: theme.colors.background.secondary,
    borderRadius: theme.shape.radius.default,
  }),
});
