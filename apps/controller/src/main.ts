import { createLogger, runService, startFailure } from '@usher/platform';
import { scrubSecrets } from '@usher/security';

/** `node dist/main.js` serves the controller alone; `emit-schema` prints the GraphQL schema and starts nothing. */
async function main(command: string | undefined): Promise<void> {
  if (command === 'emit-schema') {
    const [{ AppModule }, { emitSchema }] = await Promise.all([import('./app.module.js'), import('./graphql/schema.js')]);
    process.stdout.write(await emitSchema(AppModule));
    return;
  }
  const { readControllerConfig, start } = await import('./index.js');
  const config = readControllerConfig();
  const logger = createLogger({ service: 'controller', level: config.logLevel, scrub: scrubSecrets });
  const controller = await start(config);
  await runService(controller, { bind: config.bind, port: config.port, logger });
  const issued = await controller.issueSignInCode();
  if (issued) logger.info('sign_in_code.issued', 'A one-time sign-in code was written.', { file: await controller.writeSignInCode(issued) });
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(startFailure(error));
  process.exitCode = 1;
  process.exit();
});
