import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Field, IconButton, Input, Stack, Text, useStyles2 } from '@grafana/ui';
import React, { useId } from 'react';
import { changeProblems, type DraftChange, type DraftPlanned, FACTORS, plannedProblems } from './draft';
import { ModelField, ValuesPicker } from './pickers';

interface CardProps {
  title: string;
  onRemove: () => void;
  children: React.ReactNode;
}

function Card({ title, onRemove, children }: CardProps): React.JSX.Element {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.card} role="group" aria-label={title}>
      <Stack direction="row" justifyContent="space-between" alignItems="center">
        <Text variant="h5" element="h3">
          {title}
        </Text>
        <IconButton name="trash-alt" tooltip={`Remove ${title.toLowerCase()}`} onClick={onRemove} />
      </Stack>
      <div className={styles.fields}>{children}</div>
    </div>
  );
}

interface TextProps {
  label: string;
  about: string;
  value: string;
  suffix?: string;
  placeholder?: string;
  problem?: string;
  width?: number;
  onChange: (value: string) => void;
}

function TextField({ label, about, value, suffix, placeholder, problem, width = 16, onChange }: TextProps) {
  const id = useId();
  return (
    <Field noMargin label={label} description={about} htmlFor={id} invalid={problem !== undefined} error={problem}>
      <Input
        id={id}
        width={width}
        value={value}
        suffix={suffix}
        placeholder={placeholder}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
    </Field>
  );
}

interface ChangeProps {
  number: number;
  tenant: string | null;
  change: DraftChange;
  onChange: (change: DraftChange) => void;
  onRemove: () => void;
}

/** What is changed about some of the work. */
export function ChangeCard({ number, tenant, change, onChange, onRemove }: ChangeProps): React.JSX.Element {
  const id = useId();
  const problems = changeProblems(change);
  const set = (patch: Partial<DraftChange>) => onChange({ ...change, ...patch });
  return (
    <Card title={`Change ${number}`} onRemove={onRemove}>
      <Field noMargin label="Of features" description="Which work" htmlFor={`${id}-feature`}>
        <ValuesPicker
          id={`${id}-feature`}
          dimension="feature"
          tenant={tenant}
          placeholder="All features"
          values={change.feature}
          onChange={(feature) => set({ feature })}
        />
      </Field>
      <Field noMargin label="On models" description="Which work" htmlFor={`${id}-model`}>
        <ValuesPicker
          id={`${id}-model`}
          dimension="model"
          tenant={tenant}
          placeholder="All models"
          values={change.model}
          onChange={(model) => set({ model })}
        />
      </Field>
      {FACTORS.map(({ name, label, about }) => (
        <TextField
          key={name}
          label={label}
          about={about}
          suffix="%"
          placeholder="+0"
          value={change[name]}
          problem={problems[name]}
          onChange={(value) => set({ [name]: value })}
        />
      ))}
      <TextField
        label="Cache hits"
        about="Of input tokens"
        suffix="%"
        placeholder="As it is"
        value={change.cache_hit_ratio}
        problem={problems.cache_hit_ratio}
        onChange={(cache_hit_ratio) => set({ cache_hit_ratio })}
      />
      <TextField
        label="Move calls"
        about="This part of them"
        suffix="%"
        placeholder="100"
        value={change.share}
        problem={problems.share}
        onChange={(share) => set({ share })}
      />
      <ModelField
        label="To the model"
        about="Empty: none moves"
        target={change.target}
        problem={problems.target}
        onChange={(target) => set({ target })}
      />
    </Card>
  );
}

const PLANNED = [
  { name: 'calls_per_day', label: 'Calls a day', about: 'On average', suffix: undefined },
  { name: 'input_tokens', label: 'Input tokens', about: 'Per call', suffix: undefined },
  { name: 'output_tokens', label: 'Output tokens', about: 'Per call', suffix: undefined },
  { name: 'cache_hit_ratio', label: 'Cache hits', about: 'Of input tokens', suffix: '%' },
] as const;

interface PlannedProps {
  number: number;
  planned: DraftPlanned;
  onChange: (planned: DraftPlanned) => void;
  onRemove: () => void;
}

/** A feature that is not there yet. */
export function PlannedCard({ number, planned, onChange, onRemove }: PlannedProps): React.JSX.Element {
  const problems = plannedProblems(planned);
  const set = (patch: Partial<DraftPlanned>) => onChange({ ...planned, ...patch });
  return (
    <Card title={`Planned feature ${number}`} onRemove={onRemove}>
      <TextField
        label="Feature"
        about="What it will be called"
        width={30}
        value={planned.feature}
        problem={problems.feature}
        onChange={(feature) => set({ feature })}
      />
      <ModelField
        label="Model"
        about="Priced by the book"
        target={planned.target}
        problem={problems.target}
        onChange={(target) => set({ target })}
      />
      {PLANNED.map(({ name, label, about, suffix }) => (
        <TextField
          key={name}
          label={label}
          about={about}
          suffix={suffix}
          value={planned[name]}
          problem={problems[name]}
          onChange={(value) => set({ [name]: value })}
        />
      ))}
    </Card>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  card: css({
    padding: theme.spacing(1.5),
    background: theme.colors.background.secondary,
    borderRadius: theme.shape.radius.default,
  }),
  fields: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1.5), marginTop: theme.spacing(1) }),
});
