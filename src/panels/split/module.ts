import { FieldColorModeId, FieldConfigProperty, PanelPlugin } from '@grafana/data';
import { DEFAULT_OPTIONS, type SplitOptions } from './options';
import { SplitPanel } from './SplitPanel';

export const plugin = new PanelPlugin<SplitOptions>(SplitPanel)
  .useFieldConfig({
    standardOptions: {
      [FieldConfigProperty.Color]: { defaultValue: { mode: FieldColorModeId.PaletteClassic } },
    },
    disableStandardOptions: [FieldConfigProperty.Thresholds, FieldConfigProperty.Min, FieldConfigProperty.Max],
  })
  .setPanelOptions((builder) =>
    builder
      .addFieldNamePicker({
        path: 'valueField',
        name: 'Divide',
        description: 'The number that is divided; the others become details on the cards',
      })
      .addFieldNamePicker({ path: 'labelField', name: 'By', description: 'The text that names the parts' })
      .addBooleanSwitch({
        path: 'hideZero',
        name: 'Hide parts that are zero',
        defaultValue: DEFAULT_OPTIONS.hideZero,
      })
      .addBooleanSwitch({
        path: 'showCards',
        name: 'Cards',
        description: 'A card of details for each part',
        defaultValue: DEFAULT_OPTIONS.showCards,
      })
  );
