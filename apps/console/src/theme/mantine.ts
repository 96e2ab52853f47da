import { createTheme } from '@mantine/core';

/** Mantine brings behaviour (focus, positions, keys); colours and sizes come from the tokens. */
export const mantineTheme = createTheme({
  fontFamily: 'var(--font)',
  focusRing: 'auto',
  respectReducedMotion: true,
});
