import { Menu } from '@mantine/core';
import type { LucideIcon } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { DropMenu } from './drop-menu.js';

export interface MenuAction {
  readonly label: string;
  readonly icon: LucideIcon;
  readonly danger?: boolean;
  /** Why it cannot be done now, as a sentence with its code. The action stays in its place. */
  readonly off?: string | null;
  run(): void;
}

/** The three dots of a row. The menu itself is made when it is first opened, as there may be hundreds of rows. */
export function ActionMenu({ label, actions, onOpen }: { label: string; actions(): readonly MenuAction[]; onOpen?(): unknown }): ReactNode {
  const [made, setMade] = useState(false);
  const [opened, setOpened] = useState(false);
  const open = () => {
    onOpen?.();
    setMade(true);
    setOpened(true);
  };
  const button = (
    <button type="button" className="icon-button dots" aria-label={label} title={label} aria-haspopup="menu" aria-expanded={opened} onClick={made ? undefined : open} />
  );
  if (!made) return button;
  return (
    <DropMenu target={button} opened={opened} onChange={setOpened}>
      {actions().map(({ label: name, icon: Icon, danger, off, run }) => (
        <Menu.Item key={name} className={`menu-item ${danger && !off ? 'danger' : ''}`} aria-disabled={off ? true : undefined} closeMenuOnClick={!off} leftSection={<Icon size={15} aria-hidden />} onClick={off ? undefined : run}>
          {name}
          {off && <span className="hint">{off}</span>}
        </Menu.Item>
      ))}
    </DropMenu>
  );
}
