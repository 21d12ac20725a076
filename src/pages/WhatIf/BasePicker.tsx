import { Field, RadioButtonGroup } from '@grafana/ui';
import React from 'react';
import type { Draft } from './draft';

type Base = Draft['base'];

/** What is taken when nothing is said. */
const DEFAULT_DAYS = 30;
const CHOICES = [7, DEFAULT_DAYS, 90];
/** Days that a link or a saved scenario names by their dates. */
const FIXED = 0;

/** The days that the scenario begins from. Those of a link that names others are one choice more. */
export function BasePicker({ base, onChange }: { base: Base; onChange: (base: Base) => void }): React.JSX.Element {
  const fixed = base.from !== undefined || base.to !== undefined;
  const days = base.days ?? DEFAULT_DAYS;
  const choices = CHOICES.includes(days) ? CHOICES : [...CHOICES, days];
  const options = [
    ...choices.map((value) => ({ value, label: `Last ${value} days` })),
    ...(fixed ? [{ value: FIXED, label: `${base.from ?? `${days} days`} to ${base.to ?? 'today'}` }] : []),
  ];
  return (
    <Field noMargin label="Base" description="Whole days (UTC) whose calls are changed">
      <RadioButtonGroup<number>
        aria-label="Base"
        options={options}
        value={fixed ? FIXED : days}
        onChange={(value) => {
          if (value !== FIXED) {
            onChange(value === DEFAULT_DAYS ? {} : { days: value });
          }
        }}
      />
    </Field>
  );
}
