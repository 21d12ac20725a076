import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';

/** Room for a control with many values: as wide as there is space for, within reason. */
export function Wide({ children }: { children: React.ReactNode }): React.JSX.Element {
  return <div className={useStyles2(getStyle)}>{children}</div>;
}

const getStyle = (theme: GrafanaTheme2) =>
  css({ flex: `1 1 ${theme.spacing(30)}`, minWidth: 0, maxWidth: theme.spacing(70) });
