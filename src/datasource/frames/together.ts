import { type DataFrame, type DataQueryResponse, LoadingState } from '@grafana/data';

const stateOf = (responses: readonly DataQueryResponse[]): LoadingState => {
  const has = (state: LoadingState) => responses.some((one) => one.state === state);
  return [LoadingState.Loading, LoadingState.Streaming, LoadingState.Error].find(has) ?? LoadingState.Done;
};

/** The answers to parts of one request as one. */
export const together = (responses: readonly DataQueryResponse[]): DataQueryResponse => ({
  data: responses.flatMap(({ data }) => data as DataFrame[]),
  errors: responses.flatMap(({ errors = [] }) => errors),
  state: stateOf(responses),
});
