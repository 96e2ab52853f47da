import type { Browser, Page } from 'playwright-core';
import type { Mock, MockOptions } from './mock-server.mjs';
import type { Scene } from './scenes.mjs';

interface Look {
  theme?: 'dark' | 'light';
  width?: number;
  moving?: boolean;
}

interface Opened {
  page: Page;
  /** Console errors, uncaught errors, requests that left the origin. */
  errors: string[];
  close(): Promise<void>;
}

export function findChromium(env?: NodeJS.ProcessEnv): string;
export function launchBrowser(): Promise<Browser>;
export function openPage(browser: Browser, url: string, look?: Look): Promise<Opened>;
export function findProblems(page: Page, look: { width: number }): Promise<string[]>;
export function looksOf(scene: Scene): { theme: Scene['themes'][number]; width: number }[];
export function openScene(browser: Browser, scene: Scene, startMock: (options?: MockOptions) => Promise<Mock>, look: Look, dist?: string): Promise<Opened>;
