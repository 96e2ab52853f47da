import type { StartedController } from '@usher/controller';
import type { Logger } from '@usher/platform';
import type { SupervisorChannel } from './supervisor-channel.js';

/** Says how many servers there are and registers the simulated ones that the supervisor offers. */
export async function offerDemo(channel: SupervisorChannel, controller: StartedController, logger: Logger): Promise<void> {
  channel.onDemo((servers) => {
    controller.registerDemoServers(servers).then(
      (count) => channel.send({ event: 'demo-registered', count }),
      (error: unknown) => logger.error('demo.failed', 'The demo fleet could not be registered.', { error }),
    );
  });
  channel.send({ event: 'servers', ...(await controller.countServers()) });
}
