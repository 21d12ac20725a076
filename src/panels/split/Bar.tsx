import { css } from '@emotion/css';
import { colorManipulator, type GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import React from 'react';
import { shareText } from '../shared/share';
import { describe, type Part } from './parts';

/** Narrower segments have no room for their percentage. */
const LABEL_PX = 44;

/** Of small text, WCAG 1.4.3; Grafana's own threshold is 3. */
const LEAST_CONTRAST = 4.5;

interface Props {
  title: string;
  parts: readonly Part[];
  /** px */
  width: number;
}

/** The stacked bar; one image with a description to a screen reader. */
export function Bar({ title, parts, width }: Props): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  return (
    <div className={styles.bar} role="img" aria-label={describe(title, parts)}>
      {parts
        .filter(({ share }) => share !== null && share > 0)
        .map(({ label, share, text, color }) => (
          <span
            key={label}
            className={styles.segment}
            title={`${label}: ${text} (${shareText(share)})`}
            style={{
              flexGrow: share ?? 0,
              background: color,
              color: theme.colors.getContrastText(colorManipulator.asHexString(color), LEAST_CONTRAST),
            }}
          >
            {(share ?? 0) * width >= LABEL_PX && shareText(share)}
          </span>
        ))}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({
    display: 'flex',
    flexShrink: 0,
    gap: 1,
    height: theme.spacing(3.5),
    overflow: 'hidden',
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.secondary,
  }),
  segment: css({
    flexBasis: 0,
    minWidth: 2,
    overflow: 'hidden',
    lineHeight: theme.spacing(3.5),
    textAlign: 'center',
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
  }),
});
