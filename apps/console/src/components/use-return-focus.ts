import { useEffect, useState } from 'react';

/** Gives the focus back to where it was when the component first appeared, once it goes. For windows that are mounted open. */
export function useReturnFocus(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // After the window's own focus trap has let go.
      setTimeout(() => before instanceof HTMLElement && before.isConnected && before.focus({ preventScroll: true }));
    },
    [before],
  );
}
