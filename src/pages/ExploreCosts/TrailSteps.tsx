import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import React, { useEffect, useRef } from 'react';
import { valueLabel } from '../../datasource/frames/names';
import { dimensionLabel } from '../../query';
import type { Trail } from './trail';

interface Props {
  trail: Trail;
  onBack: (count: number) => void;
}

/** The way here, each step a way back. Whoever takes one by keyboard goes on from here: its button is gone. */
export function TrailSteps({ trail: { steps }, onBack }: Props): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const here = useRef<HTMLSpanElement>(null);
  const before = useRef(steps.length);
  useEffect(() => {
    if (before.current !== steps.length) {
      before.current = steps.length;
      here.current?.focus();
    }
  }, [steps.length]);
  const names = [
    'Everything',
    ...steps.map((one) => `${dimensionLabel(one.dimension)}: ${valueLabel(one.dimension, one.value)}`),
  ];
  return (
    <nav aria-label="Steps">
      <ol className={styles.list}>
        {names.map((name, count) => (
          <li key={name} className={styles.step}>
            {count === steps.length ? (
              <span ref={here} tabIndex={-1} aria-current="step" className={styles.here}>
                {name}
              </span>
            ) : (
              <Button fill="text" size="sm" onClick={() => onBack(count)}>
                {name}
              </Button>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', listStyle: 'none', margin: 0, padding: 0 }),
  here: css({ '&:focus:not(:focus-visible)': { outline: 'none' } }),
  step: css({
    display: 'flex',
    alignItems: 'center',
    overflowWrap: 'anywhere',
    '&:not(:last-child)::after': { content: '"›"', padding: theme.spacing(0, 0.5), color: theme.colors.text.secondary },
  }),
});
