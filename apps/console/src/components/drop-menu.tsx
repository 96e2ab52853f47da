import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';

interface DropMenuProps {
  /** The button that opens it. */
  target: ReactNode;
  children: ReactNode;
  opened?: boolean;
  onChange?(opened: boolean): void;
  position?: 'bottom-end' | 'top-end';
}

/** A menu below a button. It is placed inside the main landmark, so that nothing on the page stands outside of one. */
export function DropMenu({ target, children, position = 'bottom-end', ...state }: DropMenuProps): ReactNode {
  return (
    <Menu {...state} position={position} offset={6} transitionProps={{ duration: 0 }} loop returnFocus withInitialFocusPlaceholder={false} portalProps={{ target: '#menus' }}>
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown className="menu">{children}</Menu.Dropdown>
    </Menu>
  );
}
