import {
  FieldConfigProperty,
  FieldType,
  getFieldDisplayName,
  PanelPlugin,
  type PanelOptionsEditorBuilder,
  type StandardEditorContext,
} from '@grafana/data';
import { LeaderboardPanel } from './LeaderboardPanel';
import { DEFAULT_OPTIONS, type LeaderboardOptions } from './options';

/** Everything that may become a further column. */
const columnOptions = ({ data = [] }: StandardEditorContext<LeaderboardOptions>) =>
  Promise.resolve(
    data
      .filter(({ fields }) => !fields.some(({ type }) => type === FieldType.time))
      .flatMap((frame) =>
        frame.fields.map((field) => ({ value: field.name, label: getFieldDisplayName(field, frame, data) }))
      )
  );

const options = (builder: PanelOptionsEditorBuilder<LeaderboardOptions>) =>
  builder
    .addFieldNamePicker({ path: 'labelField', name: 'Rows', description: 'The text that names the rows' })
    .addFieldNamePicker({
      path: 'valueField',
      name: 'Rank by',
      description: 'The number that ranks the rows and is shared out in the donut',
    })
    .addMultiSelect({
      path: 'columns',
      name: 'Further columns',
      description: 'All that the data has, when none is chosen',
      settings: { options: [], allowCustomValue: true, getOptions: columnOptions },
    })
    .addBooleanSwitch({ path: 'showDonut', name: 'Donut', defaultValue: DEFAULT_OPTIONS.showDonut })
    .addBooleanSwitch({
      path: 'showSplit',
      name: 'Input and output',
      description: 'How much of each amount is input and how much output, where the data has the costs of both',
      defaultValue: DEFAULT_OPTIONS.showSplit,
    });

export const plugin = new PanelPlugin<LeaderboardOptions>(LeaderboardPanel)
  .useFieldConfig({
    disableStandardOptions: [
      FieldConfigProperty.Thresholds,
      FieldConfigProperty.Color,
      FieldConfigProperty.Min,
      FieldConfigProperty.Max,
    ],
  })
  .setPanelOptions(options);
