/** What the tools, the CLI and the tests read from the environment, beside the services' own variables. */
export const OTHER_VARIABLES = [
  { name: 'USHER_URL', reader: 'cli', description: 'address of the Usher that the CLI talks to, in place of the saved one' },
  { name: 'USHER_TOKEN', reader: 'cli', secret: true, description: 'token of the CLI, in place of a saved sign-in' },
  { name: 'USHER_CONFIG_DIR', reader: 'cli', description: 'folder where the CLI keeps its sign-in; default usher in the user\'s configuration folder' },
  { name: 'USHER_DEMO_DIR', reader: 'testing', description: 'where the simulators of the demo fleet keep their ports; set by `npm start`' },
  { name: 'USHER_DEMO_SERVERS', reader: 'testing', default: 6, description: 'how many servers the demo fleet has; set by `npm start`' },
  { name: 'USHER_OWNER_PASSWORD', reader: 'compose', secret: true, description: 'password of the database owner, in the compose installation' },
  { name: 'USHER_APP_PASSWORD', reader: 'compose', secret: true, description: 'password of the services\' database role, in the compose installation' },
  { name: 'USHER_NATS_PUBLISH', reader: 'compose', default: '127.0.0.1:4222', description: 'where compose publishes the broker; for remote agents an address that they reach' },
  { name: 'USHER_NATS_FOLDER', reader: 'compose', description: 'folder with the broker\'s configuration; set by `npm start` when it takes the broker from docker' },
  { name: 'USHER_SERVICES', default: 'auto', description: 'where `npm start` takes PostgreSQL and NATS from: auto, private (no docker), docker, or local (ask the standard ports of this machine)' },
  { name: 'USHER_DATABASE_OWNER_URL', secret: true, description: 'the database as its owner, for the migrator only; without it the migrator uses USHER_DATABASE_URL' },
  { name: 'USHER_SHADOW_DATABASE_URL', secret: true, description: 'an empty database for Prisma\'s developer commands; without it one is made and dropped' },
  { name: 'USHER_CHROMIUM', description: 'the Chromium that the browser tests use; else chromium, chromium-browser or google-chrome on PATH' },
  { name: 'USHER_TEST_DATABASE_URL', secret: true, description: 'a PostgreSQL (as superuser) for the tests, in place of a private one' },
  { name: 'USHER_TEST_NATS_SERVER', description: 'the nats-server program that the tests start, in place of the one found' },
  { name: 'USHER_TEST_REDIS_URL', secret: true, description: 'a Redis for the tests of queues; without it they run on PostgreSQL alone' },
];
