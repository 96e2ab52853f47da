import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';

const ToastContext = createContext<(text: string) => void>(() => undefined);

/** One polite sentence at the foot, for outcomes that no row can show. */
export function ToastProvider({ children }: { children: ReactNode }): ReactNode {
  const [toast, setToast] = useState<{ text: string } | null>(null);
  useEffect(() => {
    if (!toast) return undefined;
    const timer = setTimeout(() => setToast(null), 6_000);
    return () => clearTimeout(timer);
  }, [toast]);
  const say = useCallback((text: string) => setToast({ text }), []);
  const live = useMemo(() => <div aria-live="polite">{toast && <div className="toast">{toast.text}</div>}</div>, [toast]);
  return (
    <ToastContext value={say}>
      {children}
      {live}
    </ToastContext>
  );
}

export const useToast = (): ((text: string) => void) => useContext(ToastContext);
