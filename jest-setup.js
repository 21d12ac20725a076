// Jest setup provided by Grafana scaffolding
import './.config/jest-setup';
import { configure } from '@testing-library/react';

// A busy machine draws slowly.
configure({ asyncUtilTimeout: 15_000 });
