import type { QueryEditorProps } from '@grafana/data';
import { Field, MultiCombobox, RadioButtonGroup, Stack } from '@grafana/ui';
import React, { useId } from 'react';
import type { LlmCostDataSource } from '../DataSource';
import { hasOwnSql } from '../query/ownSql';
import type { LlmCostJsonData, LlmCostQuery } from '../types';
import { Filters } from './Filters';
import { chosen, DIMENSION_OPTIONS, FORMATS, METRIC_OPTIONS } from './options';
import { Preview } from './Preview';
import { SqlEditor } from './SqlEditor';
import { TimeOptions } from './TimeOptions';
import { TopGroups } from './TopGroups';
import { useDimensionOptions } from './useDimensionOptions';
import { Wide } from './Wide';

type Props = QueryEditorProps<LlmCostDataSource, LlmCostQuery, LlmCostJsonData>;

/** An order by something that is no longer asked for would make the query unanswerable. */
function withoutStaleOrder(query: LlmCostQuery): LlmCostQuery {
  const known = [...(query.metrics ?? []), ...(query.groupBy ?? []), 'time'];
  return query.orderBy && !known.includes(query.orderBy)
    ? { ...query, orderBy: undefined, direction: undefined }
    : query;
}

/** The cost query editor. It keeps no state: the query is all there is. */
export function QueryEditor(props: Props): React.JSX.Element {
  const { datasource, query, onChange, onRunQuery } = props;
  const update = (patch: Partial<LlmCostQuery>) => {
    onChange(withoutStaleOrder({ ...query, ...patch }));
    onRunQuery();
  };
  return hasOwnSql(query) ? (
    <SqlEditor query={query} path={datasource.pathName} onChange={update} />
  ) : (
    <Builder {...props} update={update} />
  );
}

/** Metrics, groups and filters to choose from. */
function Builder({ update, ...props }: Props & { update: (patch: Partial<LlmCostQuery>) => void }): React.JSX.Element {
  const { datasource, query, range } = props;
  const id = useId();
  const dimensionOptions = useDimensionOptions(datasource, range);
  return (
    <Stack direction="column" gap={1}>
      <Stack direction="row" gap={1} wrap="wrap" alignItems="flex-start">
        <Wide>
          <Field noMargin label="Metrics" htmlFor={`${id}-metrics`}>
            <MultiCombobox
              id={`${id}-metrics`}
              placeholder="Choose metrics"
              options={METRIC_OPTIONS}
              value={chosen(METRIC_OPTIONS, query.metrics ?? [])}
              onChange={(picked) => update({ metrics: picked.map(({ value }) => value) })}
            />
          </Field>
        </Wide>
        <Wide>
          <Field noMargin label="Group by" htmlFor={`${id}-group`}>
            <MultiCombobox
              id={`${id}-group`}
              placeholder="Nothing: one total"
              options={dimensionOptions}
              value={chosen(DIMENSION_OPTIONS, query.groupBy ?? [])}
              onChange={(picked) => update({ groupBy: picked.map(({ value }) => value) })}
            />
          </Field>
        </Wide>
        <Field noMargin label="Format" htmlFor={`${id}-format`}>
          <RadioButtonGroup
            id={`${id}-format`}
            options={FORMATS}
            value={query.format ?? 'time_series'}
            onChange={(format) => update({ format, interval: undefined, scale: undefined })}
          />
        </Field>
      </Stack>
      <Field noMargin label="Filters">
        <Filters
          datasource={datasource}
          filters={query.filters ?? []}
          range={range}
          onChange={(filters) => update({ filters })}
        />
      </Field>
      {Boolean(query.groupBy?.length) && <TopGroups query={query} onChange={update} />}
      <TimeOptions query={query} onChange={update} />
      <Preview {...props} onEdit={datasource.pathName === 'postgres' ? (sql) => update({ sql }) : undefined} />
    </Stack>
  );
}
