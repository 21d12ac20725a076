import { FieldConfigProperty, PanelPlugin } from '@grafana/data';
import { COMPARISONS, DEFAULT_OPTIONS, type WhyOptions } from './options';
import { WhyPanel } from './WhyPanel';

export const plugin = new PanelPlugin<WhyOptions>(WhyPanel)
  .useFieldConfig({
    disableStandardOptions: Object.values(FieldConfigProperty).filter((one) => one !== FieldConfigProperty.NoValue),
  })
  .setPanelOptions((builder) =>
    builder
      .addSelect({
        path: 'comparison',
        name: 'Compare with',
        defaultValue: DEFAULT_OPTIONS.comparison,
        settings: { options: [...COMPARISONS] },
      })
      .addNumberInput({
        path: 'baselineDays',
        name: 'Days of the average',
        description: 'Right before the time range',
        defaultValue: DEFAULT_OPTIONS.baselineDays,
        settings: { min: 1, max: 366, integer: true },
        showIf: ({ comparison }) => comparison === 'average',
      })
      .addNumberInput({
        path: 'who',
        name: 'By whom',
        description: 'How many dimensions are listed, those that explain most first',
        defaultValue: DEFAULT_OPTIONS.who,
        settings: { min: 0, max: 9, integer: true },
      })
  );
