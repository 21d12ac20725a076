import { remembering } from '../../normalize/remembering';

/** A dated snapshot's date, Bedrock's version, a tag such as `:free`. */
const TAIL = /(-\d{4}-\d{2}-\d{2}|-\d{8}|@\d{8}|-v\d+:\d+|-latest|:[\w.-]+)$/;

/** A model's base name: without provider prefix, region, date or version. Only for finding twins, never for prices. */
export const baseModel = remembering((model: string): string => {
  let base = model.toLowerCase();
  base = base
    .slice(base.lastIndexOf('/') + 1)
    .replace(/^((us|eu|apac|global)\.)?(anthropic|amazon|meta|mistral|cohere)\./, '');
  for (let before = ''; before !== base;) {
    before = base;
    base = base.replace(TAIL, '');
  }
  return base;
});

const NONE: readonly string[] = [];
const one = remembering((base: string): readonly string[] => [base]);

/** Base names of what was asked for and what answered: twins may know only one of the two. */
export function modelKeys(model: string | null, requestModel: string | null): readonly string[] {
  const first = model === null ? null : baseModel(model);
  const second = requestModel === null || requestModel === model ? null : baseModel(requestModel);
  if (first === null) {
    return second === null ? NONE : one(second);
  }
  return second === null || second === first ? one(first) : [first, second];
}
