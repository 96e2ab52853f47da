import type { Page } from 'playwright-core';
import type { MockOptions } from './mock-server.mjs';

export interface Scene {
  name: string;
  themes: ('dark' | 'light')[];
  widths: number[];
  path?: string;
  ready?: string;
  mock?: MockOptions;
  act?(page: Page): Promise<void>;
}

export const SCENES: Scene[];
