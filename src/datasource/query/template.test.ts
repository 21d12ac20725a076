import { givenTemplates } from '../../testing/templates';
import { expand } from './template';

beforeEach(() =>
  givenTemplates({
    tenant: { value: ['acme', "o'hara", 'pay$me'] },
    model: { value: 'gpt-4.1' },
    everything: { value: ['a', 'b'], all: true },
    called_all: { value: 'All' },
    nothing: { value: [] },
    blank: { value: '' },
    env: { value: ['dev', 'prod'] },
  })
);

describe('a text that is one variable', () => {
  it.each(['$tenant', '${tenant}', '[[tenant]]', ' $tenant '])(
    '%s stands for each of its values, as they are',
    (text) => {
      expect(expand(text, {})).toEqual(['acme', "o'hara", 'pay$me']);
    }
  );

  it('asks for nothing when it is set to All', () => {
    expect(expand('$everything', {})).toBeNull();
  });

  it('asks for nothing when nothing is chosen', () => {
    expect(expand('$nothing', {})).toBeNull();
    expect(expand('$blank', {})).toBeNull();
  });

  it('is not All because a tenant is called All', () => {
    expect(expand('$called_all', {})).toEqual(['All']);
  });

  it('has the value of a repeated panel there, although the dashboard says All', () => {
    expect(expand('$everything', { everything: { text: 'a', value: 'a' } })).toEqual(['a']);
  });
});

describe('a text with variables in it', () => {
  it('stands for each combination of their values', () => {
    expect(expand('$env-$tenant', {})).toEqual([
      'dev-acme',
      "dev-o'hara",
      'dev-pay$me',
      'prod-acme',
      "prod-o'hara",
      'prod-pay$me',
    ]);
  });

  it('is left alone where there is no such variable', () => {
    expect(expand('cost in $ and $unknown', {})).toEqual(['cost in $ and $unknown']);
  });
});

describe('in a pattern', () => {
  it('values are escaped, so that a dot is a dot', () => {
    expect(expand('^$model$', {}, true)).toEqual(['^gpt-4\\.1$']);
  });

  it('${name:raw} is a pattern itself', () => {
    expect(expand('${model:raw}', {}, true)).toEqual(['gpt-4.1']);
  });
});
