import { css } from '@emotion/css';
import { type GrafanaTheme2, LoadingState, type PanelData } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';

/** Why the query failed; undefined when it didn't. */
export const failureOf = ({ errors, state }: PanelData): string | undefined =>
  errors?.[0]?.message ?? (state === LoadingState.Error ? 'The query failed.' : undefined);

/** What to do about a panel that has nothing to show. */
export function Advice({ children }: { children: React.ReactNode }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.advice} role="status">
      {children}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  advice: css({
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'center',
    height: '100%',
    padding: theme.spacing(1),
    color: theme.colors.text.secondary,
    textAlign: 'center',
  }),
});
