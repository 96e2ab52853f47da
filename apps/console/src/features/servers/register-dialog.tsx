import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Dialog } from '../../components/dialog.js';
import { useToast } from '../../components/toast.js';
import { useNarrow } from '../../frame/use-media.js';
import { useLive } from '../../live/live-context.js';
import { RegisterForm } from './register-form.js';

/** Registering as a window over the list; its address can be opened directly. */
export default function RegisterDialog(): ReactNode {
  const navigate = useNavigate();
  const narrow = useNarrow();
  const toast = useToast();
  const { store, connection } = useLive();
  const { url } = useSearch({ from: '/frame/servers/new' });
  const close = () => void navigate({ to: '/servers', search: ({ servers }) => ({ servers }) });
  return (
    <Dialog title="Register a server" width={920} fullScreen={narrow} onClose={close}>
      <RegisterForm
        initialUrl={url}
        onCancel={close}
        onRegistered={(server) => {
          store.applyServer(server);
          void connection.refresh();
          toast(`${server.alias} is registered.`);
          void navigate({ to: '/servers/$alias/{-$tab}', params: { alias: server.slug } });
        }}
      />
    </Dialog>
  );
}
