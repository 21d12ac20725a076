// Two projects: the plugin (browser-like, Grafana's own scaffold) and the collector with the pure query code (Node).
process.env.TZ = 'UTC';

const base = require('./.config/jest.config');
const { grafanaESModules, nodeModulesToTransform } = require('./.config/jest/utils');

const swc = base.transform['^.+\\.(t|j)sx?$'];

module.exports = {
  projects: [
    {
      ...base,
      displayName: 'plugin',
      // Grafana's packages load for seconds on a cold cache.
      setupFilesAfterEnv: [...base.setupFilesAfterEnv, '<rootDir>/tests/jest/timeout.js'],
      transform: { '^.+\\.(m?[tj]s|[tj]sx)$': swc },
      transformIgnorePatterns: [nodeModulesToTransform([...grafanaESModules, '@react-hookz/web', '@ver0'])],
      testPathIgnorePatterns: ['<rootDir>/src/query/'],
    },
    {
      displayName: 'collector',
      rootDir: __dirname,
      testEnvironment: 'node',
      setupFilesAfterEnv: ['<rootDir>/tests/jest/timeout.js'],
      testMatch: [
        '<rootDir>/backend/**/*.test.ts',
        '<rootDir>/src/query/**/*.test.ts',
        '<rootDir>/scripts/**/*.test.ts',
        '<rootDir>/tests/{integration,repository}/**/*.test.ts',
      ],
      transform: { '^.+\\.(m?[tj]s|[tj]sx)$': swc },
      transformIgnorePatterns: ['/node_modules/(?!(jose)/)'],
    },
  ],
};
