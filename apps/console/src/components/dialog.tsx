import { Modal } from '@mantine/core';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useReturnFocus } from './use-return-focus.js';

interface DialogProps {
  title: string;
  onClose(): void;
  children: ReactNode;
  /** px; the dialog is never wider than the window. */
  width?: number;
  /** Beside the close button. */
  aside?: ReactNode;
  fullScreen?: boolean;
}

/**
 * Modal window with focus trap, Esc and returned focus. It is shown as long as it is rendered. The page below is not locked
 * by a style tag, as the content security policy allows none.
 */
export function Dialog({ title, onClose, children, width = 480, aside, fullScreen = false }: DialogProps): ReactNode {
  useReturnFocus();
  return (
    <Modal.Root
      opened
      onClose={onClose}
      lockScroll={false}
      centered={false}
      size={width}
      yOffset={fullScreen ? 0 : '72px'}
      xOffset={fullScreen ? 0 : '12px'}
      fullScreen={fullScreen}
      radius={fullScreen ? 0 : 10}
      transitionProps={{ duration: 0 }}
      classNames={{ content: 'dialog-content', overlay: 'dialog-overlay' }}
    >
      <Modal.Overlay />
      <Modal.Content aria-label={title}>
        <div className="dialog-head">
          <h2>{title}</h2>
          {aside && <div className="dialog-aside">{aside}</div>}
          <button type="button" className="icon-button" onClick={onClose} aria-label="Close" title="Close">
            <X size={16} />
          </button>
        </div>
        {children}
      </Modal.Content>
    </Modal.Root>
  );
}
